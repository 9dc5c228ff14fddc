import { returnBlock, takeBlock } from '../../../engine/datapath/arena';
import { retireBlock } from '../../../engine/datapath/retired';
import { fold } from '../../../net/datapath/checksum';
import { listOf, natInterfaceAt, SourceRule } from './nat-interface';
import { STATIC_DEAD, STATIC_SEARCH, StaticAddress, staticAt, staticKey } from './static-addresses';

// The control thread's side of the rules.

/** Says what is translated on an interface: NAT_STATIC_RULES, NAT_SOURCE_RULES. */
export function setNatFlags(iface: u32, flags: u32): void {
  natInterfaceAt(iface).flags = flags;
}

/** Lets an address stand for another one on an interface; false when the table has no room where it belongs. */
export function putStatic(iface: u32, side: u32, addressRaw: u32, replaceRaw: u32): bool {
  const key = staticKey(iface, side, addressRaw);
  const place = findStaticPlace(key);
  if (place === null) return false;
  place.replaceRaw = replaceRaw;
  place.change = fold(<u64>~addressRaw + replaceRaw);
  atomic.store<u64>(changetype<usize>(place), key);
  return true;
}

/** Lets an address stand for itself again. */
export function dropStatic(iface: u32, side: u32, addressRaw: u32): void {
  const key = staticKey(iface, side, addressRaw);
  for (let i: u32 = 0; i < STATIC_SEARCH; i++) {
    const place = staticAt(key, i);
    if (place.key == key) atomic.store<u64>(changetype<usize>(place), STATIC_DEAD);
    if (!place.key) return;
  }
}

/** The place of a key, or the first free one where it belongs. */
function findStaticPlace(key: u64): StaticAddress | null {
  let free: StaticAddress | null = null;
  for (let i: u32 = 0; i < STATIC_SEARCH; i++) {
    const place = staticAt(key, i);
    if (place.key == key) return place;
    const isFree = place.key == 0 || place.key == STATIC_DEAD;
    if (isFree && free === null) free = place;
    if (!place.key) break;
  }
  return free;
}

/** Makes a list of source rules, to be filled before it is published; null (0) when there is no memory left. */
export function newSourceRules(count: u32): usize {
  return takeBlock(count << 4);
}

/** Fills a place of a list that is not published yet: the subnet in host order, the address as it lies on the wire. */
export function setSourceRule(list: usize, place: u32, subnet: u32, mask: u32, replaceRaw: u32): void {
  const rule = changetype<SourceRule>(list + ((<usize>place) << 4));
  rule.subnet = subnet;
  rule.mask = mask;
  rule.replaceRaw = replaceRaw;
}

/** Puts a list of source rules in the place of an interface's old one in one step (null and 0: none). */
export function publishSourceRules(iface: u32, list: usize, count: u32): void {
  const old = atomic.load<u64>(listOf(iface));
  atomic.store<u64>(listOf(iface), <u64>list | ((<u64>count) << 32));
  if (<u32>old) retireBlock(<usize>(<u32>old), (<u32>(old >> 32)) << 4);
}

/** Gives back the list of an interface that no worker reads any more, as its table is another build's. */
export function releaseSourceRules(iface: u32): void {
  const old = atomic.load<u64>(listOf(iface));
  if (<u32>old) returnBlock(<usize>(<u32>old), (<u32>(old >> 32)) << 4);
}
