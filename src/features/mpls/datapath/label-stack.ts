import { Packet } from '../../../engine/datapath/packet';
import { LABEL_STACKS } from '../../../engine/datapath/regions';
import { TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';
import { STACK_COPIES } from '../layout';
import { BOTTOM, LABEL_BYTES, LABEL_SHIFT, putEntry, TRAFFIC_CLASS_SHIFT } from './label-entry';

/**
 * A stack of labels to be pushed, outermost first: 64 bytes, one cache line, written by the control thread before
 * anything leads to it; after that only its next hop may change.
 *
 *   0 next hop │ 4 time to live, traffic class │ 8 count │ 12 labels (8 × u32) │ 44 spare
 */
@unmanaged
export class LabelStack {
  /** The next hop that what has the labels goes to. */
  nextHop: u32;
  /** What all packets get, or STACK_COPIES. */
  ttl: u16;
  trafficClass: u16;
  count: u32;
}

const LABELS_OFFSET: usize = 12;

/** @inline */
export function labelStackAt(index: u32): LabelStack {
  return changetype<LabelStack>(LABEL_STACKS + ((<usize>index) << 6));
}

/**
 * Puts a stack of labels in front of a packet, with the time to live and traffic class that are the packet's own where
 * the stack has none; `bottom` is BOTTOM where no label is there yet, else zero. False without room.
 */
export function pushStack(packet: Packet, stack: LabelStack, ttl: u32, trafficClass: u32, bottom: u32): bool {
  const count = stack.count;
  if (!packet.prepend(count * LABEL_BYTES)) return false;
  const rest = restOf(stack, ttl, trafficClass);
  for (let i: u32 = 0; i < count; i++) {
    const last = i + 1 == count ? bottom : 0;
    putEntry(packet.data + i * LABEL_BYTES, (labelOf(stack, i) << LABEL_SHIFT) | rest | (last & BOTTOM));
  }
  packet.etherType = TYPE_MPLS_RAW;
  packet.nextHop = stack.nextHop;
  return true;
}

/** Puts a stack of one label in front of a packet that has none and has room for it, as `pushStack` does. @inline */
export function pushOne(packet: Packet, stack: LabelStack, ttl: u32, trafficClass: u32): void {
  packet.prepend(LABEL_BYTES);
  putEntry(packet.data, (labelOf(stack, 0) << LABEL_SHIFT) | restOf(stack, ttl, trafficClass) | BOTTOM);
  packet.etherType = TYPE_MPLS_RAW;
  packet.nextHop = stack.nextHop;
}

/** Traffic class and time to live of a stack's labels. @inline */
function restOf(stack: LabelStack, ttl: u32, trafficClass: u32): u32 {
  const lifetime: u32 = stack.ttl == <u16>STACK_COPIES ? ttl : stack.ttl;
  const priority: u32 = stack.trafficClass == <u16>STACK_COPIES ? trafficClass : stack.trafficClass;
  return (priority << TRAFFIC_CLASS_SHIFT) | lifetime;
}

/** Makes a stack of labels, to be filled before anything leads to it. */
export function setLabelStack(index: u32, nextHop: u32, count: u32, ttl: u32, trafficClass: u32): void {
  const stack = labelStackAt(index);
  stack.nextHop = nextHop;
  stack.ttl = <u16>ttl;
  stack.trafficClass = <u16>trafficClass;
  stack.count = count;
}

/** Lets what has a stack's labels go to another next hop. */
export function redirectLabelStack(index: u32, nextHop: u32): void {
  labelStackAt(index).nextHop = nextHop;
}

/** Sets a label of a stack that nothing leads to yet. */
export function setStackLabel(index: u32, place: u32, label: u32): void {
  store<u32>(changetype<usize>(labelStackAt(index)) + LABELS_OFFSET + ((<usize>place) << 2), label);
}

/** @inline */
function labelOf(stack: LabelStack, place: u32): u32 {
  return load<u32>(changetype<usize>(stack) + LABELS_OFFSET + ((<usize>place) << 2));
}
