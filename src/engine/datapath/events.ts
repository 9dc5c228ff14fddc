import { CONTROL_EVENTS, EVENT_BYTES, EVENT_SLOTS, WORKER_EVENTS } from '../layout';
import { worker } from './instance';
import { Packet } from './packet';

/**
 * One message from a worker to the control thread.
 *
 *   0 kind │ 4 packet (0: none) │ 8 iface · vrf │ 12 node │ 16 … 64 what the kind says
 */
@unmanaged
export class Event {
  /** The id of the stage that speaks: what the host's handlers are chosen by. */
  kind: u32;
  /** A packet that goes over to the control thread, or zero. */
  packet: u32;
  iface: u16;
  vrf: u16;
  spare: u32;
  data0: u64;
  data1: u64;
  data2: u64;
  data3: u64;
  data4: u64;
  data5: u64;
}

@unmanaged
class Ring {
  written: u32;
  read: u32;
  lost: u32;
}

/** Room for one more event of a stage, or null when the control thread is too far behind. Ends with `putEvent`. */
export function newEvent(kind: u32): Event | null {
  return newEventWithin(kind, EVENT_SLOTS);
}

/**
 * Room for one more event, or null when `most` of them wait already: what others can send at will must leave room
 * in the ring for what the router needs to hear.
 */
export function newEventWithin(kind: u32, most: u32): Event | null {
  const ring = ringOf();
  const written = ring.written;
  const read = atomic.load<u32>(changetype<usize>(ring) + offsetof<Ring>('read'));
  if (written - read >= most) {
    ring.lost++;
    return null;
  }
  const event = changetype<Event>(changetype<usize>(ring) + 64 + (written & (EVENT_SLOTS - 1)) * EVENT_BYTES);
  event.kind = kind;
  event.packet = 0;
  return event;
}

/** Shows the event that `newEvent` gave to the control thread. */
export function putEvent(): void {
  const ring = ringOf();
  atomic.store<u32>(changetype<usize>(ring), ring.written + 1);
  worker.eventsPut = 1;
}

/** Hands a packet to the control thread; false when half its ring is taken, and the packet is still ours. */
export function punt(kind: u32, packet: Packet): bool {
  const event = newEventWithin(kind, EVENT_SLOTS / 2);
  if (event === null) return false;
  event.packet = <u32>changetype<usize>(packet);
  event.iface = packet.iface;
  event.vrf = packet.vrf;
  putEvent();
  forget(packet);
  return true;
}

/** A packet that was given away is not the stage's any more, should it trap. */
function forget(packet: Packet): void {
  worker.freshCount = 0;
  if (worker.current == <u32>changetype<usize>(packet)) worker.current = 0;
}

/** Wakes the control thread when this round has put events. */
export function announceEvents(): void {
  if (!worker.eventsPut) return;
  worker.eventsPut = 0;
  atomic.add<u32>(CONTROL_EVENTS, 1);
  atomic.notify(CONTROL_EVENTS, 1);
}

/** @inline */
function ringOf(): Ring {
  return changetype<Ring>(changetype<usize>(worker) + WORKER_EVENTS);
}
