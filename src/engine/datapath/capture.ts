import { CAPTURE_BYTES, CONTROL_SNAPLEN, WORKER_CAPTURE } from '../layout';
import { worker } from './instance';
import { Packet } from './packet';

export const CAPTURE_RECEIVED: u8 = 0;
export const CAPTURE_SENT: u8 = 1;
export const CAPTURE_DROPPED: u8 = 2;

@unmanaged
class Ring {
  /** Bytes written and read since the start, modulo 2^32; CAPTURE_BYTES divides 2^32. */
  written: u32;
  read: u32;
  lost: u32;
}

/** A captured packet's record: this, then its bytes, rounded up to 8. */
@unmanaged
class Captured {
  /** Length of the whole record, a multiple of 8; a record with kept = SKIP only fills the ring's end. */
  length: u32;
  kept: u32;
  original: u32;
  iface: u16;
  direction: u8;
  spare: u8;
  /** The drop, for CAPTURE_DROPPED. */
  node: u32;
  spare2: u32;
  clock: u64;
}

const HEADER: u32 = 32;
const SKIP: u32 = 0xffffffff;

/** Copies a packet's frame, from where it was received or built, to the capture ring. */
export function capture(packet: Packet, iface: u16, direction: u8, node: u32): void {
  const back =
    direction == CAPTURE_DROPPED && packet.frameOff < packet.dataOff ? packet.dataOff - packet.frameOff : 0;
  const original = packet.pktLen + back;
  const kept = min<u32>(original, load<u32>(CONTROL_SNAPLEN));
  const record = reserve((HEADER + kept + 7) & ~7);
  if (record === null) return;
  record.kept = kept;
  record.original = original;
  record.iface = iface;
  record.direction = direction;
  record.node = node;
  record.clock = worker.clock;
  copyFrame(packet, back, changetype<usize>(record) + HEADER, kept);
  const ring = ringOf();
  atomic.store<u32>(changetype<usize>(ring), ring.written + record.length);
}

/** Copies `bytes` of a chained packet, starting `back` bytes before its data. */
function copyFrame(packet: Packet, back: u32, to: usize, bytes: u32): void {
  const first = min<u32>(packet.dataLen + back, bytes);
  memory.copy(to, packet.data - back, first);
  let copied = first;
  let segment = packet.nextSegment;
  while (segment !== null && copied < bytes) {
    const part = min<u32>(segment.dataLen, bytes - copied);
    memory.copy(to + copied, segment.data, part);
    copied += part;
    segment = segment.nextSegment;
  }
}

/** Finds room for a record in one piece, or counts the packet as lost. */
function reserve(length: u32): Captured | null {
  const ring = ringOf();
  const read = atomic.load<u32>(changetype<usize>(ring) + offsetof<Ring>('read'));
  let written = ring.written;
  const untilEnd = CAPTURE_BYTES - (written & (CAPTURE_BYTES - 1));
  const needed = length > untilEnd ? length + untilEnd : length;
  if (CAPTURE_BYTES - (written - read) < needed) {
    ring.lost++;
    return null;
  }
  if (length > untilEnd) {
    const filler = recordAt(written);
    filler.length = untilEnd;
    filler.kept = SKIP;
    written += untilEnd;
    ring.written = written;
  }
  const record = recordAt(written);
  record.length = length;
  return record;
}

/** @inline */
function ringOf(): Ring {
  return changetype<Ring>(changetype<usize>(worker) + WORKER_CAPTURE);
}

/** @inline */
function recordAt(written: u32): Captured {
  return changetype<Captured>(changetype<usize>(ringOf()) + 64 + (written & (CAPTURE_BYTES - 1)));
}
