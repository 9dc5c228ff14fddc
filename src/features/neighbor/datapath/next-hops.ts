import { takeBlock } from '../../../engine/datapath/arena';
import { retireBlock } from '../../../engine/datapath/retired';
import { NextHop, nextHopAt } from './next-hop';
import { NEXT_HOP_RESOLVED, NextHopDetails, nextHopDetailsAt } from './next-hop-details';

// The control thread's side of the next-hop tables.

/** Writes what packets need of a next hop. */
export function setNextHop(index: u32, node4: u32, node6: u32, iface: u32, mtu: u32, flags: u32): void {
  const nextHop = nextHopAt(index);
  nextHop.iface = <u16>iface;
  nextHop.mtu = <u16>mtu;
  nextHopDetailsAt(index).flags = flags;
  nextHop.direct = flags & NEXT_HOP_RESOLVED ? <u16>mtu : 0;
  nextHop.node4 = <u16>node4;
  nextHop.node6 = <u16>node6;
}

/** Says which node puts something round packets to a next hop (zero: none), and what of its own it needs for that. */
export function setNextHopOutput(index: u32, node: u32, record: u32): void {
  const nextHop = nextHopAt(index);
  nextHop.record = record;
  nextHop.outputNode = <u16>node;
}

/** Sets the MAC addresses in front of each packet, held in the low 48 bits, first byte lowest: the receiver's in one piece. */
export function setNextHopMacs(index: u32, destination: u64, source: u64): void {
  const nextHop = nextHopAt(index);
  nextHop.macsStart = destination | (source << 48);
  nextHop.macsEnd = <u32>(source >> 16);
}

/** Sets a next hop's VRF and address (IPv4: the first 4 bytes, network order). */
export function setNextHopAddress(index: u32, vrf: u32, low: u64, high: u64): void {
  const details = nextHopDetailsAt(index);
  details.vrf = <u16>vrf;
  details.addressLow = low;
  details.addressHigh = high;
}

/** What the output stages note when they use a next hop: it grows with the clock. */
export function nextHopUsed(index: u32): u32 {
  return nextHopAt(index).used;
}

/** Makes the member table of a group, to be filled before it is published; null when there is no memory left. */
export function newMembers(count: u32): usize {
  return takeBlock(count << 2);
}

/** Fills a place of a member table that is not published yet. */
export function setMember(members: usize, place: u32, index: u32): void {
  store<u32>(members + (place << 2), index);
}

/** Puts a group's new member table in the old one's place in one step (null and 0: none), and retires the old one. */
export function publishMembers(index: u32, members: usize, count: u32): void {
  const details = nextHopDetailsAt(index);
  const old = <usize>details.members;
  const oldCount = details.memberCount;
  atomic.store<u64>(
    changetype<usize>(details) + offsetof<NextHopDetails>('members'),
    <u64>members | ((<u64>count) << 32),
  );
  if (old) retireBlock(old, oldCount << 2);
}

/** Empties a next hop that nothing leads to any more, once no worker can see it. */
export function clearNextHop(index: u32): void {
  publishMembers(index, 0, 0);
  memory.fill(changetype<usize>(nextHopAt(index)), 0, offsetof<NextHop>());
  memory.fill(changetype<usize>(nextHopDetailsAt(index)), 0, offsetof<NextHopDetails>());
}
