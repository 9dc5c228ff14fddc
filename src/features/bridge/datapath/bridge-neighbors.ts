import {
  BridgeNeighbor,
  holds,
  LONGEST_SEARCH,
  NEIGHBOR_DEAD,
  NEIGHBOR_EMPTY,
  NEIGHBOR_LIVE,
  NEIGHBOR_STATE,
  neighborAt,
  placeOf,
} from './bridge-neighbor';

// The control thread's side of the table of neighbours that bridges answer for.

/** Says who has an address; false when the table has no room where the address belongs. */
export function putBridgeNeighbor(scope: u32, low: u64, high: u64, mac: u64): bool {
  const known = findNeighbor(scope, low, high);
  const place = known === null ? freePlace(placeOf(scope, low, high)) : known;
  if (place === null) return false;
  setState(place, NEIGHBOR_DEAD);
  place.scope = scope;
  place.addressLow = low;
  place.addressHigh = high;
  place.mac = mac;
  setState(place, NEIGHBOR_LIVE);
  return true;
}

/** Forgets who has an address. */
export function removeBridgeNeighbor(scope: u32, low: u64, high: u64): void {
  const known = findNeighbor(scope, low, high);
  if (known !== null) setState(known, NEIGHBOR_DEAD);
}

function findNeighbor(scope: u32, low: u64, high: u64): BridgeNeighbor | null {
  const first = placeOf(scope, low, high);
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const neighbor = neighborAt(first + i);
    const state = neighbor.word & NEIGHBOR_STATE;
    if (state == NEIGHBOR_EMPTY) return null;
    if (state == NEIGHBOR_LIVE && holds(neighbor, scope, low, high)) return neighbor;
  }
  return null;
}

function freePlace(first: u32): BridgeNeighbor | null {
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const neighbor = neighborAt(first + i);
    if ((neighbor.word & NEIGHBOR_STATE) != NEIGHBOR_LIVE) return neighbor;
  }
  return null;
}

function setState(neighbor: BridgeNeighbor, state: u32): void {
  atomic.store<u32>(changetype<usize>(neighbor), (neighbor.word & ~NEIGHBOR_STATE) + 4 + state);
}
