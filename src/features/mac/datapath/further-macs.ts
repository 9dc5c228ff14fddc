import { FURTHER_MACS } from '../../../engine/datapath/regions';
import { interfaceAt } from '../../interface/datapath/interface';
import { MAC_LINES } from '../layout';

// Addresses beside their own that interfaces receive for: lines of eight keys, 64 bytes each, zero where none is.
//
//   key: 0 ┌ MAC address, first byte lowest (6) │ interface (2) ┐
//
// A key is in one of two lines that follow from it, so that a frame costs two cache lines at most. One that goes leaves
// the others where they are: a reader never misses one that stays.

const NONE: usize = 0;

/** Tells whether an address, the low 48 bits, is an interface's own or one that it receives for beside. */
export function receivesFor(iface: u32, mac: u64): bool {
  return mac == interfaceAt(iface).mac || isFurtherMac(iface, mac);
}

/** Tells whether an interface receives for an address beside its own. */
export function isFurtherMac(iface: u32, mac: u64): bool {
  return placeOf(keyOf(iface, mac)) != NONE;
}

/** Adds an address, network order, to an interface; false where there is no room for it. */
export function addFurtherMac(iface: u32, firstFour: u32, lastTwo: u32): bool {
  const key = keyOf(iface, macOf(firstFour, lastTwo));
  if (placeOf(key) != NONE) return true;
  const place = find(emptierLine(key), 0);
  if (place == NONE) return false;
  store<u64>(place, key);
  return true;
}

/** Takes an address from an interface. */
export function deleteFurtherMac(iface: u32, firstFour: u32, lastTwo: u32): void {
  const place = placeOf(keyOf(iface, macOf(firstFour, lastTwo)));
  if (place != NONE) store<u64>(place, 0);
}

function keyOf(iface: u32, mac: u64): u64 {
  return mac | ((<u64>iface) << 48);
}

function macOf(firstFour: u32, lastTwo: u32): u64 {
  return <u64>bswap(firstFour) | ((<u64>bswap(<u16>lastTwo)) << 32);
}

/** Where a key is. */
function placeOf(key: u64): usize {
  const place = find(firstLine(key), key);
  return place == NONE ? find(secondLine(key), key) : place;
}

function find(line: usize, key: u64): usize {
  for (let place = line; place < line + 64; place += 8) if (load<u64>(place) == key) return place;
  return NONE;
}

/** The one of a key's two lines that has more room. */
function emptierLine(key: u64): usize {
  const first = firstLine(key);
  const second = secondLine(key);
  return sizeOf(first) <= sizeOf(second) ? first : second;
}

function sizeOf(line: usize): u32 {
  let size: u32 = 0;
  for (let place = line; place < line + 64; place += 8) if (load<u64>(place)) size++;
  return size;
}

/** @places FURTHER_MACS */
function firstLine(key: u64): usize {
  return lineAt((key * MIX) >> 40);
}

/** @places FURTHER_MACS */
function secondLine(key: u64): usize {
  return lineAt((key * MIX) >> 54);
}

/** @places FURTHER_MACS */
function lineAt(hash: u64): usize {
  return FURTHER_MACS + ((<usize>hash & (MAC_LINES - 1)) << 6);
}

/** 2⁶⁴ divided by the golden ratio: what differs anywhere in a key differs in the high bits of the product. */
const MIX: u64 = 0x9e3779b97f4a7c15;
