import { BRIDGE_NEIGHBORS } from '../../../engine/datapath/regions';
import { BRIDGE_NEIGHBOR_SLOTS } from '../layout';

/**
 * Who has an address in a bridge's VLAN: 32 bytes, a place in a hash table with open addressing.
 *
 *   0 version·state │ 4 bridge, VLAN, family │ 8 address (IPv4: its first 4 bytes, network order) │ 24 MAC, flags
 *
 * The control thread is the only writer. It makes a place dead before it changes its key and gives it a new version
 * with every change, so that a reader that finds the same word before and after has read one neighbour.
 */
@unmanaged
export class BridgeNeighbor {
  /** The lowest two bits are NEIGHBOR_EMPTY, NEIGHBOR_LIVE or NEIGHBOR_DEAD; the others count changes. */
  word: u32;
  scope: u32;
  addressLow: u64;
  addressHigh: u64;
  /** MAC address in the low 48 bits, first byte lowest; above it NEIGHBOR_ROUTER. */
  mac: u64;
}

/** Nobody was ever here: the search ends. */
export const NEIGHBOR_EMPTY: u32 = 0;
export const NEIGHBOR_LIVE: u32 = 1;
/** Who was here is gone: the search goes on. */
export const NEIGHBOR_DEAD: u32 = 2;
export const NEIGHBOR_STATE: u32 = 3;

/** It calls itself a router (the R flag of its advertisements). */
export const NEIGHBOR_ROUTER: u64 = (1 as u64) << 48;

export const LONGEST_SEARCH: u32 = 64;
const SPREAD: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;

/** Where an address means something: in a bridge's VLAN, in a family (4 or 6). @inline */
export function scopeOf(bridge: u32, vlan: u64, family: u32): u32 {
  return bridge | ((<u32>vlan) << 16) | (family << 28);
}

/** MAC address and flags of who has an address, zero where nobody knows. */
export function neighborWith(scope: u32, low: u64, high: u64): u64 {
  const first = placeOf(scope, low, high);
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const neighbor = neighborAt(first + i);
    const word = atomic.load<u32>(changetype<usize>(neighbor));
    if ((word & NEIGHBOR_STATE) == NEIGHBOR_EMPTY) return 0;
    if ((word & NEIGHBOR_STATE) != NEIGHBOR_LIVE || !holds(neighbor, scope, low, high)) continue;
    const mac = neighbor.mac;
    return atomic.load<u32>(changetype<usize>(neighbor)) == word ? mac : 0;
  }
  return 0;
}

/** Tells whether a place has this key. */
export function holds(neighbor: BridgeNeighbor, scope: u32, low: u64, high: u64): bool {
  return neighbor.scope == scope && neighbor.addressLow == low && neighbor.addressHigh == high;
}

/** The place at a number, which wraps around at the table's end. */
export function neighborAt(place: u32): BridgeNeighbor {
  return changetype<BridgeNeighbor>(BRIDGE_NEIGHBORS + ((<usize>(place & (BRIDGE_NEIGHBOR_SLOTS - 1))) << 5));
}

/** Where the search for a key begins: a multiplicative hash of all its bits. @places BRIDGE_NEIGHBORS */
export function placeOf(scope: u32, low: u64, high: u64): u32 {
  let hash = (low ^ ((<u64>scope) << 32)) * SPREAD;
  hash = (rotl(hash, 32) ^ high) * SPREAD;
  return <u32>(hash >> 40);
}
