import { release } from '../../../engine/datapath/buffers';
import { freshCopy } from '../../../engine/datapath/chain';
import { send } from '../../../engine/datapath/graph';
import { Packet } from '../../../engine/datapath/packet';

// The fragments of the packet at work: kept until all are made, so that a packet leaves whole or not at all.
// They are linked through the packets; a trap loses them, and the pool's owner counts them as lost.

let first: u32 = 0;
let last: u32 = 0;

/** Bytes of the next fragment's data: whole units of 8 unless it is the last; zero when not even one fits. */
export function fragmentBytes(mtu: u32, headerBytes: u32, left: u32): u32 {
  if (mtu < headerBytes) return 0;
  const room = mtu - headerBytes;
  return left <= room ? left : room & ~7;
}

/** Makes the next fragment: room for its headers, then `bytes` of the packet from `from` on; null gives all of them up. */
export function newFragment(packet: Packet, headerBytes: u32, from: u32, bytes: u32): Packet | null {
  const fragment = bytes ? freshCopy(packet, headerBytes, from, bytes) : null;
  if (fragment === null) dropFragments();
  else keep(fragment);
  return fragment;
}

/** Sends all fragments on to a stage. */
export function sendFragments(node: u32): void {
  while (first) send(node, takeFragment());
}

function dropFragments(): void {
  while (first) release(takeFragment());
}

function keep(fragment: Packet): void {
  const at = <u32>changetype<usize>(fragment);
  fragment.link = 0;
  if (last) changetype<Packet>(<usize>last).link = at;
  else first = at;
  last = at;
}

function takeFragment(): Packet {
  const fragment = changetype<Packet>(<usize>first);
  first = fragment.link;
  if (!first) last = 0;
  return fragment;
}
