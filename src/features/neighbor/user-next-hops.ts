import { ApiError } from '../../engine/api-error.ts';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import { isLoopback, isMulticast, isUnspecified } from '../../net/address-scope.ts';
import { formatMac, isUnicastMac, type Mac } from '../../net/mac.ts';
import { MAX_MEMBERS } from './group-slots.ts';
import { addingNextHop, type NextHop, type Station, type Target } from './next-hop.ts';
import type { NextHops } from './next-hops.ts';

/** A next hop that a user wants. */
export interface WantedNextHop {
  /** Given by the router when absent. */
  readonly id: number | undefined;
  readonly origin: string;
  /** Zero for groups. */
  readonly vrf: number;
  readonly target: Exclude<Target, { type: 'local' | 'taken' | 'connected' | 'group' }> | WantedGroup;
}

/** A group, its members by their ids. */
export interface WantedGroup {
  readonly type: 'group';
  readonly members: readonly { readonly id: number; readonly weight: number }[];
}

/** What users do with next hops: add or replace, remove, flush. */
export class UserNextHops {
  readonly #hops: NextHops;

  constructor(hops: NextHops) {
    this.#hops = hops;
  }

  /** Adds a next hop, or replaces the one with its id: routes that use it follow. @throws ApiError EINVAL, EEXIST, ENOENT, EBUSY, ENOSPC */
  add(wanted: WantedNextHop): NextHop {
    const doing = addingNextHop(wanted.id);
    if (wanted.id === 0) throw invalid(doing, 'an id from 1 on', '0');
    checkOrigin(doing, wanted.origin);
    const target = this.#targetOf(doing, wanted);
    const replaced = wanted.id === undefined ? undefined : this.#hops.table.findId(wanted.id);
    if (target.type === 'vrf') this.#checkNoMember(doing, replaced);
    const same = target.type === 'L3' ? this.#neighborLike(doing, target, replaced) : undefined;
    const id = wanted.id ?? this.#hops.table.freeId();
    const fields = { id, origin: wanted.origin, vrf: wanted.vrf, target };
    const before = replaced ?? same;
    if (replaced && same && same !== replaced) this.#discard(doing, same);
    return before ? this.#hops.table.change(before, fields) : this.#hops.table.add(doing, fields);
  }

  /** Removes a next hop. @throws ApiError ENOENT, EBUSY when somebody uses it */
  remove(id: number): void {
    const doing = `delete next hop ${id}`;
    this.#discard(doing, this.#hops.withId(doing, id));
  }

  /** Removes the next hops of an origin that nobody uses; returns how many. @throws ApiError EINVAL */
  flush(origin: string): number {
    if (origin !== 'learn' && origin !== 'static') {
      throw invalid('flush next hops', 'the origin learn or static', JSON.stringify(origin));
    }
    const unused = [...this.#hops.table.all].filter(
      (nextHop) => nextHop.origin === origin && !this.#hops.isUsed(nextHop),
    );
    for (const nextHop of unused) this.#hops.table.remove(nextHop);
    return unused.length;
  }

  /** A packet that a group has led to another VRF could come back to the group from there, and so on for ever. */
  #checkNoMember(doing: string, replaced: NextHop | undefined): void {
    const [group] = replaced ? this.#hops.groups.withMember(replaced.index) : [];
    if (group === undefined) return;
    const received = `a member of group ${group.id}`;
    throw new ApiError('ELOOP', { doing, expected: 'a next hop that is in no group', received });
  }

  #discard(doing: string, nextHop: NextHop): void {
    if (this.#hops.isUsed(nextHop)) {
      const users = this.#hops.usersOf(nextHop).join(', ') || 'it is used';
      throw new ApiError('EBUSY', { doing, expected: 'a next hop that nobody uses', received: users });
    }
    this.#hops.table.remove(nextHop);
  }

  /** The neighbour that is there already: one that was learnt is taken over, one that has an id is not. */
  #neighborLike(doing: string, target: Station, replaced: NextHop | undefined): NextHop | undefined {
    if (!target.address) return undefined;
    const found = this.#hops.table.findNeighbor(target.iface, target.address);
    if (!found || found === replaced || found.id === 0) return found;
    const received = `${formatAddress(target.address)}, which is next hop ${found.id}`;
    throw new ApiError('EEXIST', { doing, expected: 'an address that has no next hop', received });
  }

  #targetOf(doing: string, { id, target }: WantedNextHop): Target {
    if (target.type === 'L3') return checkStation(doing, target);
    if (target.type !== 'group') return target;
    if (target.members.length > MAX_MEMBERS) {
      throw new ApiError('E2BIG', {
        doing,
        expected: `at most ${MAX_MEMBERS} members`,
        received: String(target.members.length),
      });
    }
    const members = new Map<number, number>();
    for (const member of target.members) {
      const { index, target: found } = this.#hops.withId(doing, member.id);
      if (member.id === id || found.type === 'group' || found.type === 'vrf') {
        throw new ApiError('ELOOP', {
          doing,
          expected: 'members that are no groups and lead to no other VRF',
          received: `next hop ${member.id}`,
        });
      }
      if (members.has(index)) throw invalid(doing, 'each member once', `next hop ${member.id} twice`);
      members.set(index, checkWeight(doing, member.weight));
    }
    return { type: 'group', members };
  }
}

const MAX_WEIGHT = 65535;

/** Zero is read as 1. */
function checkWeight(doing: string, weight: number): number {
  if (weight <= MAX_WEIGHT) return Math.max(1, weight);
  throw invalid(doing, `a weight from 1 to ${MAX_WEIGHT}`, String(weight));
}

function checkOrigin(doing: string, origin: string): void {
  if (origin === 'link' || origin === 'learn') {
    throw invalid(doing, 'an origin other than link and learn, which are our own', origin);
  }
  if (!/^[a-z][a-z0-9-]{0,14}$/.test(origin)) {
    throw invalid(doing, 'an origin such as static or bgp', JSON.stringify(origin));
  }
}

function checkStation(doing: string, station: Station): Station {
  if (station.address && !isHost(station.address)) {
    throw invalid(doing, 'the address of a station', formatAddress(station.address));
  }
  if (station.mac && !isUnicastMac(station.mac)) throw notStation(doing, station.mac);
  if (!station.remote || (station.mac && station.address)) return station;
  throw invalid(doing, 'an address and a MAC for a remote neighbour, which is never asked', 'one without');
}

function isHost(address: IpAddress): boolean {
  if (isMulticast(address) || isUnspecified(address) || isLoopback(address)) return false;
  return address.family === 'ipv6' || address.value >> 28n !== 0xfn;
}

function notStation(doing: string, mac: Mac): ApiError {
  return invalid(doing, "a station's MAC address", formatMac(mac));
}

function invalid(doing: string, expected: string, received: string): ApiError {
  return new ApiError('EINVAL', { doing, expected, received });
}
