import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { formatAddress, type IpAddress, sameAddress } from '../../net/address.ts';
import { DEFAULT_MTU, type Interfaces, MIN_MTU } from '../interface/index.ts';
import {
  addingNextHop,
  isVrf,
  type NextHop,
  type NextHops,
  OwnNextHops,
  type UserNextHops,
} from '../neighbor/index.ts';
import { isRoutedStation, type Places, type WayParts, wayTo } from '../tunnel/index.ts';
import { MAX_SEGMENTS } from './layout.ts';
import { type Encapsulation, headerBytes, outerHeaders } from './outer-headers.ts';
import type { Srv6Table } from './srv6-table.ts';

/** A next hop that puts segments round packets, as a user wants it. */
export interface WantedEncap {
  /** Given by the router when absent. */
  readonly id: number | undefined;
  readonly origin: string;
  readonly segments: readonly IpAddress[];
  readonly encapsulation: Encapsulation;
  /** The address to speak from; that of `tunsrc`, or of the way to the first segment, when absent. */
  readonly source: IpAddress | undefined;
  /** VRF of the underlay. */
  readonly vrf: number;
}

/** What these next hops need of the features below them. */
export interface EncapParts extends WayParts {
  readonly interfaces: Pick<Interfaces, 'find' | 'listen'>;
  readonly nextHops: NextHops;
  readonly users: Pick<UserNextHops, 'add'>;
  readonly places: Pick<Places, 'take' | 'retire'>;
  readonly table: Pick<Srv6Table, 'writeEncap'>;
}

/** A next hop as it is now: a value, replaced when its way or its source changes. */
interface Encap extends Omit<WantedEncap, 'id' | 'origin'> {
  readonly record: number;
  readonly mtu: number;
  readonly speaksFrom: IpAddress | undefined;
}

/** The next hops that put segments round packets: the one who writes their records. */
export class Encaps {
  readonly #parts: EncapParts;
  readonly #encaps: OwnNextHops<Encap>;
  #source: IpAddress | undefined;

  constructor(parts: EncapParts) {
    this.#parts = parts;
    parts.nextHops.defineEncapsulation(SRV6, 'srv6-output');
    this.#encaps = new OwnNextHops(parts, {
      what: 'list of segments',
      isStill: ({ target }, { record }) =>
        target.type === 'encapsulation' && target.kind === SRV6 && target.record === record,
      needs: ({ vrf }, iface) => isVrf(iface, vrf),
      gone: ({ record }) => parts.places.retire(record),
    });
  }

  /** How all records are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['SRV6_ENCAPS'],
      write: () => {
        for (const encap of this.#encaps.all.values()) this.#write(encap);
      },
    };
  }

  /** How many there are. */
  get size(): number {
    return this.#encaps.size;
  }

  /** The address that all speak from who have none of their own; undefined for that of each one's way. */
  get source(): IpAddress | undefined {
    return this.#source;
  }

  /** Sets or clears that address. @throws ApiError EINVAL */
  setSource(source: IpAddress | undefined): void {
    if (source) checkAddress('set tunsrc', source);
    this.#source = source;
    this.refresh();
  }

  /** Adds a next hop, or replaces the one with its id. @throws ApiError EINVAL, E2BIG, ENOSPC, EBUSY */
  add({ id, origin, ...wanted }: WantedEncap): NextHop {
    const doing = addingNextHop(id, SRV6);
    check(doing, wanted);
    const encap = this.#newRecord(doing, wanted);
    try {
      const nextHop = this.#parts.users.add({ id, origin, vrf: wanted.vrf, target: targetOf(encap) });
      this.#encaps.add(nextHop.index, encap);
      return nextHop;
    } catch (error) {
      this.#parts.places.retire(encap.record);
      throw error;
    }
  }

  /** Finds all ways anew, and lets packets follow. */
  refresh(): void {
    for (const [index, before] of this.#encaps.all) {
      const nextHop = this.#parts.nextHops.find(index);
      const { mtu, speaksFrom } = this.#wayOf(before);
      if (!nextHop || (mtu === before.mtu && isSame(speaksFrom, before.speaksFrom))) continue;
      const after = this.#newRecord('follow the underlay', before);
      this.#encaps.replace(index, after);
      const { id, origin, vrf } = nextHop;
      this.#parts.users.add({ id, origin, vrf, target: targetOf(after) });
      this.#parts.places.retire(before.record);
    }
  }

  /** Writes what a next hop is now into a record that no packet reads yet. @throws ApiError ENOSPC */
  #newRecord(doing: string, wanted: Omit<WantedEncap, 'id' | 'origin'>): Encap {
    const record = this.#parts.places.take();
    if (record === undefined) {
      const expected = 'room for one more list of segments';
      throw new ApiError('ENOSPC', { doing, expected, received: 'none left' });
    }
    const encap: Encap = { ...wanted, record, ...this.#wayOf(wanted) };
    this.#write(encap);
    return encap;
  }

  #write({ record, vrf, encapsulation, segments, speaksFrom }: Encap): void {
    const headers = speaksFrom && outerHeaders(encapsulation, speaksFrom, segments);
    this.#parts.table.writeEncap(record, vrf, headers);
  }

  #wayOf({ vrf, segments, source, encapsulation }: Omit<WantedEncap, 'id' | 'origin'>) {
    const [first] = segments;
    const way = first && wayTo(this.#parts, vrf, first);
    const width = way?.mtu ?? DEFAULT_MTU;
    // Less is cut behind the outer header.
    const mtu = Math.max(width - headerBytes(encapsulation, segments.length), MIN_MTU);
    return { mtu, speaksFrom: source ?? this.#source ?? way?.local };
  }
}

/** What users call them, as the grammar does. */
const SRV6 = 'SRv6';

function targetOf({ record, mtu, segments, encapsulation, speaksFrom }: Encap) {
  const info = [
    encapsulation,
    `src=${speaksFrom ? formatAddress(speaksFrom) : 'none'}`,
    `segs=${segments.map(formatAddress).join(',')}`,
    `mtu=${mtu}`,
  ];
  return { type: 'encapsulation', kind: SRV6, record, mtu, info } as const;
}

function isSame(left: IpAddress | undefined, right: IpAddress | undefined): boolean {
  return left && right ? sameAddress(left, right) : left === right;
}

function check(doing: string, { segments, source }: Pick<WantedEncap, 'segments' | 'source'>): void {
  if (segments.length === 0 || segments.length > MAX_SEGMENTS) {
    const expected = `1 to ${MAX_SEGMENTS} segments`;
    throw new ApiError('E2BIG', { doing, expected, received: String(segments.length) });
  }
  for (const address of source ? [source, ...segments] : segments) checkAddress(doing, address);
}

function checkAddress(doing: string, address: IpAddress): void {
  if (address.family === 'ipv6' && isRoutedStation(address)) return;
  const expected = 'an IPv6 address of one station, to which routes lead';
  throw new ApiError('EINVAL', { doing, expected, received: formatAddress(address) });
}
