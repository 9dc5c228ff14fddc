import { release } from '../../../engine/datapath/buffers';
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

/** Keeps a fragment, behind those before it. */
export function addFragment(fragment: Packet): void {
  const at = <u32>changetype<usize>(fragment);
  fragment.link = 0;
  if (last) changetype<Packet>(<usize>last).link = at;
  else first = at;
  last = at;
}

/** Sends all fragments on to a stage. */
export function sendFragments(node: u32): void {
  while (first) send(node, takeFragment());
}

/** Gives all fragments up. */
export function dropFragments(): void {
  while (first) release(takeFragment());
}

function takeFragment(): Packet {
  const fragment = changetype<Packet>(<usize>first);
  first = fragment.link;
  if (!first) last = 0;
  return fragment;
}
