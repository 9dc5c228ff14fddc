import { FIB4_ROOTS, FIB6_ROOTS, ROUTE_SCRATCH } from '../../../engine/datapath/regions';
import { clearPrefix, missingBlocks, newFib, retireFib, setPrefix } from './fib';
import { addRoute, closeRib, coverOf, findRoute, openRib, removeRoute, ribOf } from './rib';

// What the control thread calls to change routes. Addresses lie in network order, 16 bytes, at ROUTE_SCRATCH; a
// second half of it is ours.

/** Outcomes of `setRoute`. */
const ROUTE_FULL: u32 = 0;
const ROUTE_ADDED: u32 = 1;
const ROUTE_REPLACED: u32 = 2;
/** And of `clearRoutes`: somebody else's, left alone. */
const ROUTE_KEPT: u32 = 3;

const VRFS: u32 = 256;
/** The number that no VRF has. */
const NO_VRF: u32 = 0;

/** The next hop that the last changed or removed route had before. */
let previousNextHop: u32 = 0;
let previousOrigin: u32 = 0;

/** Makes the tables of a VRF; false when there is no memory left for them. */
export function openRoutes(vrf: u32, limit4: u32, blocks4: u32, limit6: u32, blocks6: u32): bool {
  const root4 = newFib();
  const root6 = newFib();
  const empty = rootOf(NO_VRF, 4);
  pointTo(vrf, root4 ? root4 : empty, root6 ? root6 : empty);
  if (root4 && root6 && openRib(vrf, 4, limit4, blocks4) && openRib(vrf, 6, limit6, blocks6)) return true;
  closeRoutes(vrf);
  return false;
}

/** Lets every VRF begin with tables that have no route: a packet may always be looked up. Called once, first. */
export function openNoRoutes(): bool {
  const empty = newFib();
  for (let vrf: u32 = 0; vrf < VRFS; vrf++) pointTo(vrf, empty, empty);
  return empty != 0;
}

/** Gives the tables of a VRF back once no worker can see them. */
export function closeRoutes(vrf: u32): void {
  const root4 = rootOf(vrf, 4);
  const root6 = rootOf(vrf, 6);
  const empty = rootOf(NO_VRF, 4);
  pointTo(vrf, empty, empty);
  if (root4 != empty) retireFib(root4);
  if (root6 != empty) retireFib(root6);
  closeRib(vrf, 4);
  closeRib(vrf, 6);
}

/** Sets how many routes and blocks a VRF's tables may hold; false when they hold more. */
export function limitRoutes(vrf: u32, family: u32, limit: u32, blocksLimit: u32): bool {
  const rib = ribOf(vrf, family);
  if (rib.count > limit || rib.blocks > blocksLimit) return false;
  rib.limit = limit;
  rib.blocksLimit = blocksLimit;
  return true;
}

/** Blocks of 256 entries in a VRF's forwarding table. */
export function countBlocks(vrf: u32, family: u32): u32 {
  return ribOf(vrf, family).blocks;
}

/** Routes that a VRF holds. */
export function countRoutes(vrf: u32, family: u32): u32 {
  return ribOf(vrf, family).count;
}

/** Adds or replaces the route of the prefix at ROUTE_SCRATCH; returns ROUTE_FULL, ROUTE_ADDED or ROUTE_REPLACED. */
export function setRoute(vrf: u32, family: u32, length: u32, nextHop: u32, origin: u32): u32 {
  const rib = ribOf(vrf, family);
  const old = findRoute(rib, ROUTE_SCRATCH, length);
  previousNextHop = old ? old.nextHop : 0;
  previousOrigin = old ? old.origin : 0;
  const root = rootOf(vrf, family);
  const missing = missingBlocks(root, ROUTE_SCRATCH, length);
  if (rib.blocks + missing > rib.blocksLimit) return ROUTE_FULL;
  const entry = old ? old : addRoute(rib, ROUTE_SCRATCH, length);
  if (entry === null) return ROUTE_FULL;
  if (!setPrefix(root, ROUTE_SCRATCH, length, nextHop)) {
    if (!old) removeRoute(rib, entry);
    return ROUTE_FULL;
  }
  rib.blocks += missing;
  entry.nextHop = nextHop;
  entry.origin = <u8>origin;
  return old ? ROUTE_REPLACED : ROUTE_ADDED;
}

/** Removes the route of the prefix at ROUTE_SCRATCH; false when there is none. */
export function clearRoute(vrf: u32, family: u32, length: u32): bool {
  const rib = ribOf(vrf, family);
  const entry = findRoute(rib, ROUTE_SCRATCH, length);
  if (entry === null) return false;
  previousNextHop = entry.nextHop;
  previousOrigin = entry.origin;
  removeRoute(rib, entry);
  const cover = coverOf(rib, ROUTE_SCRATCH, length, ROUTE_SCRATCH + 16);
  const coverLength: u32 = cover ? cover.length : 0;
  const root = rootOf(vrf, family);
  rib.blocks -= clearPrefix(root, ROUTE_SCRATCH, length, coverLength, cover ? cover.nextHop : 0);
  return true;
}

/** The next hop that the route had which `setRoute` replaced or `clearRoute` removed; zero when it was new. */
export function replacedNextHop(): u32 {
  return previousNextHop;
}

/** The origin of that route. */
export function replacedOrigin(): u32 {
  return previousOrigin;
}

/** Finds the route of exactly the prefix at ROUTE_SCRATCH; the entry's address, or zero. */
export function exactRoute(vrf: u32, family: u32, length: u32): u32 {
  return <u32>changetype<usize>(findRoute(ribOf(vrf, family), ROUTE_SCRATCH, length));
}

/** Finds the route that a packet to the address at ROUTE_SCRATCH takes; the entry's address, or zero. */
export function longestRoute(vrf: u32, family: u32): u32 {
  const rib = ribOf(vrf, family);
  const bits: u32 = family == 6 ? 128 : 32;
  const host = findRoute(rib, ROUTE_SCRATCH, bits);
  if (host !== null) return <u32>changetype<usize>(host);
  return <u32>changetype<usize>(coverOf(rib, ROUTE_SCRATCH, bits, ROUTE_SCRATCH + 16));
}

/** Address of a VRF's entries, 32 bytes each, used and free ones; their number is `routeCapacity`. */
export function routeEntries(vrf: u32, family: u32): u32 {
  return ribOf(vrf, family).entries;
}

export function routeCapacity(vrf: u32, family: u32): u32 {
  return ribOf(vrf, family).capacity;
}

/**
 * Sets `count` routes at once: prefixes of `recordBytes` each (address, then length in its last byte) at `records`,
 * next-hop indices (u32) at `nextHops`. Each route's outcome replaces its next hop's word: the outcome in the
 * lowest two bits, the next hop it had before in the 22 above, and that one's origin in the rest.
 */
export function setRoutes(
  vrf: u32,
  family: u32,
  records: usize,
  nextHops: usize,
  count: u32,
  origin: u32,
): void {
  const recordBytes: u32 = family == 6 ? 17 : 5;
  for (let i: u32 = 0; i < count; i++) {
    const length = takeRecord(records + i * recordBytes, recordBytes);
    const slot = nextHops + (i << 2);
    const outcome = setRoute(vrf, family, length, load<u32>(slot), origin);
    store<u32>(slot, outcomeWord(outcome));
  }
}

/**
 * Removes `count` routes at once, but for those of the origins in `kept`, a bit for each; each one's word at `outcomes`
 * is as `setRoutes` leaves it, ROUTE_FULL if there was none, ROUTE_KEPT if it stays.
 */
export function clearRoutes(
  vrf: u32,
  family: u32,
  records: usize,
  outcomes: usize,
  count: u32,
  kept: u32,
): void {
  const recordBytes: u32 = family == 6 ? 17 : 5;
  for (let i: u32 = 0; i < count; i++) {
    const length = takeRecord(records + i * recordBytes, recordBytes);
    const entry = findRoute(ribOf(vrf, family), ROUTE_SCRATCH, length);
    const outcome = entry === null ? ROUTE_FULL : (kept >> entry.origin) & 1 ? ROUTE_KEPT : ROUTE_ADDED;
    const removed = outcome == ROUTE_ADDED && clearRoute(vrf, family, length);
    store<u32>(outcomes + (i << 2), removed ? outcomeWord(ROUTE_ADDED) : outcome);
  }
}

function outcomeWord(outcome: u32): u32 {
  return (previousOrigin << 24) | (previousNextHop << 2) | outcome;
}

/** Copies a record's address to the scratch; returns its prefix length. */
function takeRecord(record: usize, recordBytes: u32): u32 {
  memory.fill(ROUTE_SCRATCH, 0, 16);
  memory.copy(ROUTE_SCRATCH, record, recordBytes - 1);
  return load<u8>(record + recordBytes - 1);
}

function pointTo(vrf: u32, root4: usize, root6: usize): void {
  store<u32>(FIB4_ROOTS + (vrf << 2), <u32>root4);
  store<u32>(FIB6_ROOTS + (vrf << 2), <u32>root6);
}

/** @inline */
function rootOf(vrf: u32, family: u32): usize {
  return load<u32>((family == 6 ? FIB6_ROOTS : FIB4_ROOTS) + (vrf << 2));
}
