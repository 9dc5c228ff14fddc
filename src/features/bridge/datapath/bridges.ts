import { takeBlock } from '../../../engine/datapath/arena';
import { retireBlock } from '../../../engine/datapath/retired';
import { bridgeAt } from './bridge';

// The control thread's side of the table of bridges.

/** Writes a bridge but for its members. */
export function setBridge(iface: u32, flags: u32, ageing: u32): void {
  const bridge = bridgeAt(iface);
  bridge.ageing = ageing;
  bridge.flags = flags;
}

/** Makes a list of members, to be filled before it is published; null when there is no memory left. */
export function newBridgeMembers(count: u32): usize {
  const block = takeBlock(bytesOf(count));
  if (block) store<u32>(block, count);
  return block;
}

/** Fills a place of a list that is not published yet. */
export function setBridgeMember(members: usize, place: u32, iface: u32): void {
  store<u16>(members + 4 + (place << 1), <u16>iface);
}

/** Puts a bridge's new list of members (null: none) in the old one's place in one step, and retires the old one. */
export function publishBridgeMembers(iface: u32, members: usize): void {
  const bridge = bridgeAt(iface);
  const old = <usize>bridge.members;
  bridge.members = <u32>members;
  if (old) retireBlock(old, bytesOf(load<u32>(old)));
}

function bytesOf(count: u32): u32 {
  return 4 + (count << 1);
}
