import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Interfaces } from '../interface/index.ts';
import {
  addingNextHop,
  isVrf,
  type NextHop,
  type NextHops,
  OwnNextHops,
  type UserNextHops,
} from '../neighbor/index.ts';
import { checkEnds } from './check-ends.ts';
import type { Reception } from './reception.ts';
import { recordOf, type Tunnel, targetOf, type WantedTunnel } from './tunnel.ts';
import { MOST_TUNNELS, type TunnelTable } from './tunnel-table.ts';
import { sameWay, type UnderlayParts, wayOf } from './underlay.ts';

/** A tunnel that a user wants, as a next hop. */
export interface WantedNextHop extends WantedTunnel {
  /** Given by the router when absent. */
  readonly id: number | undefined;
  readonly origin: string;
}

/** What tunnels need of the features below them. */
export interface TunnelParts extends UnderlayParts {
  readonly interfaces: Pick<Interfaces, 'find' | 'listen'>;
  readonly nextHops: Pick<NextHops, 'find' | 'listen'>;
  readonly users: Pick<UserNextHops, 'add'>;
  readonly table: Pick<TunnelTable, 'take' | 'write' | 'retire'>;
  readonly reception: Pick<Reception, 'open' | 'close'>;
}

/** The tunnels that labelled packets are put into, each a next hop: the one who changes their table. */
export class Tunnels {
  readonly #parts: TunnelParts;
  readonly #tunnels: OwnNextHops<Tunnel>;

  constructor(parts: TunnelParts) {
    this.#parts = parts;
    this.#tunnels = new OwnNextHops(parts, {
      what: 'tunnel',
      isStill: isOf,
      needs: ({ vrf }, iface) => isVrf(iface, vrf),
      gone: ({ slot, vrf }) => {
        parts.table.retire(slot);
        parts.reception.close(vrf);
      },
    });
  }

  /** How all tunnels are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['MPLS_TUNNELS'],
      write: () => {
        for (const tunnel of this.#tunnels.all.values()) this.#parts.table.write(tunnel);
      },
    };
  }

  /** All tunnels with their next hops, in the order of their making. */
  get list(): readonly (readonly [NextHop, Tunnel])[] {
    return this.#tunnels.list;
  }

  /** Adds a tunnel, or replaces the next hop with its id. @throws ApiError EINVAL, EADDRNOTAVAIL, EADDRINUSE, EBUSY, ENOSPC */
  add(wanted: WantedNextHop): NextHop {
    const doing = addingNextHop(wanted.id, wanted.encapsulation);
    checkEnds(doing, wanted, this.#parts);
    this.#parts.reception.open(doing, wanted.vrf);
    try {
      return this.#add(doing, wanted);
    } catch (error) {
      this.#parts.reception.close(wanted.vrf);
      throw error;
    }
  }

  /** Finds the ways anew and lets packets follow; true when some have changed, and may not be changed again before a quiet point. */
  refresh(): boolean {
    let changed = false;
    for (const [index, tunnel] of this.#tunnels.all) changed = this.#refresh(index, tunnel) || changed;
    return changed;
  }

  #add(doing: string, { id, origin, ...wanted }: WantedNextHop): NextHop {
    const slot = this.#parts.table.take();
    if (slot === undefined) {
      const expected = `at most ${MOST_TUNNELS} tunnels that carry labels`;
      throw new ApiError('ENOSPC', { doing, expected, received: 'one more' });
    }
    const tunnel: Tunnel = { ...wanted, slot, side: 0, way: wayOf(this.#parts, wanted) };
    this.#parts.table.write(tunnel);
    try {
      const nextHop = this.#parts.users.add({ id, origin, vrf: wanted.vrf, target: targetOf(tunnel) });
      this.#tunnels.add(nextHop.index, tunnel);
      return nextHop;
    } catch (error) {
      this.#parts.table.retire(slot);
      throw error;
    }
  }

  #refresh(index: number, before: Tunnel): boolean {
    const nextHop = this.#parts.nextHops.find(index);
    const way = wayOf(this.#parts, before, before.way);
    if (!nextHop || sameWay(way, before.way)) return false;
    const after: Tunnel = { ...before, way, side: before.side === 0 ? 1 : 0 };
    this.#parts.table.write(after);
    this.#tunnels.replace(index, after);
    const { id, origin, vrf } = nextHop;
    try {
      this.#parts.users.add({ id, origin, vrf, target: targetOf(after) });
    } catch (error) {
      this.#tunnels.replace(index, before); // as the next hop is again
      throw error;
    }
    return true;
  }
}

function isOf({ target }: NextHop, tunnel: Tunnel): boolean {
  return target.type === 'encapsulation' && isKind(target.kind) && target.record === recordOf(tunnel);
}

/** Records of other features have numbers of their own. */
function isKind(kind: string): boolean {
  return kind === 'mplsoudp' || kind === 'mplsogre';
}
