import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { type Interface, type Interfaces, sendsFrames } from '../interface/index.ts';

interface Table {
  setTakesLabels(iface: number, takes: number): void;
}

/** The interfaces from which packets with labels are taken. */
export class MplsInterfaces {
  readonly #router: Pick<Router, 'emit'>;
  readonly #interfaces: Interfaces;
  readonly #table: Table;
  readonly #enabled = new Set<number>();

  constructor(router: Pick<Router, 'tables' | 'emit'>, interfaces: Interfaces) {
    this.#router = router;
    this.#interfaces = interfaces;
    this.#table = router.tables<Table>(['setTakesLabels']);
    interfaces.listen({ removing: ({ id }) => this.#set(id, false) });
  }

  /** How all of them are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['MPLS_INTERFACES'],
      write: () => {
        for (const id of this.#enabled) this.#table.setTakesLabels(id, 1);
      },
    };
  }

  /** The interfaces that are enabled, ordered by id. */
  get list(): readonly Interface[] {
    return this.#interfaces.list.filter(({ id }) => this.#enabled.has(id));
  }

  /** Takes packets with labels from an interface. @throws ApiError ENODEV, EINVAL */
  enable(name: string): void {
    const doing = `enable mpls on ${name}`;
    const iface = this.#interfaces.named(doing, name);
    if (!sendsFrames(iface)) {
      const expected = 'an interface that receives frames';
      throw new ApiError('EINVAL', { doing, expected, received: `${iface.name}, a ${iface.type}` });
    }
    this.#set(iface.id, true);
    this.#router.emit({ type: 'mpls enable', text: name });
  }

  /** Takes no more packets with labels from an interface. @throws ApiError ENODEV, ENOENT */
  disable(name: string): void {
    const doing = `disable mpls on ${name}`;
    const { id } = this.#interfaces.named(doing, name);
    if (!this.#enabled.has(id)) {
      throw new ApiError('ENOENT', { doing, expected: 'an interface that it is enabled on', received: name });
    }
    this.#set(id, false);
    this.#router.emit({ type: 'mpls disable', text: name });
  }

  #set(id: number, on: boolean): void {
    this.#table.setTakesLabels(id, on ? 1 : 0);
    if (on) this.#enabled.add(id);
    else this.#enabled.delete(id);
  }
}
