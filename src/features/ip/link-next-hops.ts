import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { NextHops } from '../neighbor/index.ts';

interface LinkTable {
  setLinkNextHop(iface: number, nextHop: number): void;
}

/** For every interface that is routed, the next hop of all link-local addresses on its link, which no route leads to. */
export class LinkNextHops {
  readonly #table: LinkTable;
  readonly #nextHops: NextHops;
  readonly #byInterface = new Map<number, number>();

  constructor(router: Pick<Router, 'tables'>, interfaces: Interfaces, nextHops: NextHops) {
    this.#table = router.tables<LinkTable>(['setLinkNextHop']);
    this.#nextHops = nextHops;
    interfaces.listen({
      added: (iface) => this.#add(iface),
      changed: (before, after) => this.#follow(before, after),
      removing: (iface) => this.#remove(iface),
    });
  }

  /** How all of them are written again for a build that has interfaces elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['INTERFACE_RESTS'],
      write: () => {
        for (const [iface, nextHop] of this.#byInterface) this.#table.setLinkNextHop(iface, nextHop);
      },
    };
  }

  #add(iface: Interface): void {
    if (iface.outputStage === undefined || iface.domain !== 0) return;
    const nextHop = this.#nextHops.connected(iface);
    this.#byInterface.set(iface.id, nextHop);
    this.#table.setLinkNextHop(iface.id, nextHop);
  }

  #follow(before: Interface, after: Interface): void {
    if (before.domain === 0 && after.domain !== 0) this.#remove(after);
    if (before.domain !== 0 && after.domain === 0) this.#add(after);
  }

  #remove(iface: Interface): void {
    this.#byInterface.delete(iface.id);
    this.#table.setLinkNextHop(iface.id, 0);
  }
}
