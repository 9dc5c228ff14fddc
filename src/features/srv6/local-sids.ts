import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import {
  addingNextHop,
  isVrf,
  type NextHop,
  type NextHops,
  OwnNextHops,
  type UserNextHops,
} from '../neighbor/index.ts';
import type { Places } from '../tunnel/index.ts';
import {
  FLAVOR_NEXT_CSID,
  FLAVOR_PSP,
  FLAVOR_USD,
  SID_END,
  SID_END_DT4,
  SID_END_DT6,
  SID_END_DT46,
  SID_END_T,
  SID_END_X,
} from './layout.ts';
import type { Srv6Table } from './srv6-table.ts';

/** What SIDs do (RFC 8986 4), and how they are written in the table. */
export const behaviors = {
  end: SID_END,
  'end.x': SID_END_X,
  'end.t': SID_END_T,
  'end.dt4': SID_END_DT4,
  'end.dt6': SID_END_DT6,
  'end.dt46': SID_END_DT46,
} as const;

export type Behavior = keyof typeof behaviors;

/** Flavors of SIDs (RFC 8986 4.16, RFC 9800 4.1). */
export const flavors = { psp: FLAVOR_PSP, usd: FLAVOR_USD, 'next-csid': FLAVOR_NEXT_CSID } as const;

export type Flavor = keyof typeof flavors;

/** A SID of ours, as a user wants it: a next hop that routes lead to. */
export interface WantedSid {
  /** Given by the router when absent. */
  readonly id: number | undefined;
  readonly origin: string;
  /** VRF of the underlay. */
  readonly vrf: number;
  readonly behavior: Behavior;
  readonly flavors: readonly Flavor[];
  readonly blockBits: number;
  readonly csidBits: number;
  /** VRF that packets are looked up in, of the behaviors that say it. */
  readonly table: number;
  /** Where end.x sends packets. */
  readonly neighbor: { readonly iface: Interface; readonly address: IpAddress } | undefined;
}

/** What SIDs need of the features below them. */
export interface SidParts {
  readonly interfaces: Pick<Interfaces, 'list' | 'find' | 'listen'>;
  readonly nextHops: NextHops;
  readonly users: Pick<UserNextHops, 'add'>;
  readonly places: Pick<Places, 'take' | 'retire'>;
  readonly table: Pick<Srv6Table, 'writeSid'>;
}

interface Sid extends WantedSid {
  readonly record: number;
  /** Next hop that end.x sends packets to; zero for none. */
  readonly nextHop: number;
}

/** The SIDs of ours: the one who writes their records. */
export class LocalSids {
  readonly #parts: SidParts;
  readonly #sids: OwnNextHops<Sid>;

  constructor(parts: SidParts) {
    this.#parts = parts;
    const takers = { ipv4: 'ip4-reject', ipv6: 'srv6-local' };
    parts.nextHops.defineEncapsulation(SRV6_LOCAL, 'srv6-local', takers);
    this.#sids = new OwnNextHops(parts, {
      what: 'SID',
      isStill: ({ target }, { record }) =>
        target.type === 'encapsulation' && target.kind === SRV6_LOCAL && target.record === record,
      needs,
      gone: (sid) => this.#release(sid),
    });
  }

  /** How all records are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['SRV6_SIDS'],
      write: () => {
        for (const sid of this.#sids.all.values()) this.#write(sid);
      },
    };
  }

  /** How many SIDs do what. */
  get counts(): ReadonlyMap<Behavior, number> {
    const counts = new Map<Behavior, number>();
    for (const { behavior } of this.#sids.all.values()) counts.set(behavior, (counts.get(behavior) ?? 0) + 1);
    return counts;
  }

  /** Adds a SID, or replaces the next hop with its id. @throws ApiError EINVAL, ENOSPC, EBUSY */
  add(wanted: WantedSid): NextHop {
    const doing = addingNextHop(wanted.id, SRV6_LOCAL);
    check(doing, wanted);
    const record = this.#parts.places.take();
    if (record === undefined)
      throw new ApiError('ENOSPC', { doing, expected: 'room for one more SID', received: 'none left' });
    const { neighbor, id, origin, vrf } = wanted;
    const nextHop = neighbor ? this.#parts.nextHops.resolve(neighbor.iface, neighbor.address) : 0;
    const sid: Sid = { ...wanted, record, nextHop };
    this.#parts.nextHops.use(nextHop);
    this.#write(sid);
    try {
      const added = this.#parts.users.add({ id, origin, vrf, target: this.#targetOf(sid) });
      this.#sids.add(added.index, sid);
      return added;
    } catch (error) {
      this.#release(sid);
      throw error;
    }
  }

  #write(sid: Sid): void {
    const { record, behavior, blockBits, csidBits, table, nextHop } = sid;
    this.#parts.table.writeSid(record, {
      behavior: behaviors[behavior],
      flavors: sid.flavors.reduce((bits, flavor) => bits | flavors[flavor], 0),
      blockBits,
      csidBits,
      vrf: table,
      vrfInterface: this.#vrfInterface(table)?.id ?? 0,
      nextHop,
    });
  }

  #targetOf(sid: Sid) {
    const { record, behavior, table, neighbor } = sid;
    const isCompressed = sid.flavors.includes('next-csid');
    const info = [
      `behavior=${behavior}`,
      ...(neighbor ? [`nexthop=${formatAddress(neighbor.address)}`, `iface=${neighbor.iface.name}`] : []),
      ...(needsTable(behavior) ? [`table=${this.#vrfInterface(table)?.name ?? table}`] : []),
      ...(sid.flavors.length > 0 ? [`flavor=${sid.flavors.join(',')}`] : []),
      ...(isCompressed ? [`block-bits=${sid.blockBits}`, `csid-bits=${sid.csidBits}`] : []),
    ];
    return { type: 'encapsulation', kind: SRV6_LOCAL, record, mtu: LARGEST, info } as const;
  }

  #vrfInterface(vrf: number): Interface | undefined {
    return this.#parts.interfaces.list.find((iface) => iface.type === 'vrf' && iface.vrf === vrf);
  }

  #release({ record, nextHop }: Sid): void {
    this.#parts.nextHops.unuse(nextHop);
    this.#parts.places.retire(record);
  }
}

/** What users call them, as the grammar does. */
const SRV6_LOCAL = 'SRv6-local';
/** Packets are to us: how large they are is no matter. */
const LARGEST = 65535;

function needsTable(behavior: Behavior): boolean {
  return behaviors[behavior] >= SID_END_T;
}

function needs({ behavior, table, vrf, neighbor }: Sid, iface: Interface): boolean {
  if (neighbor?.iface.id === iface.id || isVrf(iface, vrf)) return true;
  return needsTable(behavior) && isVrf(iface, table);
}

function check(doing: string, wanted: WantedSid): void {
  const { behavior, blockBits, csidBits, neighbor } = wanted;
  const refuse = (expected: string, received: string): never => {
    throw new ApiError('EINVAL', { doing, expected, received });
  };
  if (neighbor && neighbor.address.family !== 'ipv6')
    refuse('the IPv6 address of a neighbour', formatAddress(neighbor.address));
  if (behaviors[behavior] >= SID_END_DT4 && wanted.flavors.length > 0)
    refuse(`no flavor of ${behavior}, which is the last segment of all`, wanted.flavors.join(','));
  if (blockBits < 1 || csidBits < 1 || blockBits + csidBits > MOST_CSID_BITS)
    refuse(
      `block-bits and csid-bits from 1 on, of at most ${MOST_CSID_BITS} together`,
      `${blockBits} and ${csidBits}`,
    );
}

/** Something must be left of an address for further compressed SIDs. */
const MOST_CSID_BITS = 127;
