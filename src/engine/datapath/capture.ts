import { CAPTURE_BYTES, CONTROL_SNAPLEN, WORKER_CAPTURE } from '../layout';
import { worker } from './instance';
import { NO_FRAME, Packet } from './packet';

// Direction of a captured packet.
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
  /** 1 when the bytes start where the frame was received, 0 when they start at the current header. */
  whole: u8;
  /** For CAPTURE_DROPPED: the drop, and the stage that dropped it. */
  node: u16;
  stage: u16;
  /** Ethertype of the current header, as it lies on the wire. */
  etherType: u16;
  output: u16;
  clock: u64;
}

const HEADER: u32 = 32;
const SKIP: u32 = 0xffffffff;

/** Copies a frame that is received or sent, and starts at the packet's data, to the capture ring. */
export function captureFrame(packet: Packet, iface: u16, direction: u8): void {
  const record = copyPacket(packet, 0);
  if (record === null) return;
  record.iface = iface;
  record.direction = direction;
  record.whole = 1;
  publish(record);
}

/** Copies a packet that is dropped, from where its frame was received or else from its current header on. */
export function captureDrop(packet: Packet, node: u32): void {
  const whole = packet.frameOff != NO_FRAME && packet.frameOff <= packet.dataOff;
  const record = copyPacket(packet, whole ? packet.dataOff - packet.frameOff : 0);
  if (record === null) return;
  record.iface = packet.iface;
  record.direction = CAPTURE_DROPPED;
  record.whole = <u8>whole;
  record.node = <u16>node;
  record.stage = <u16>worker.stage;
  publish(record);
}

/** Copies a packet from `back` bytes before its data on, as far as the snap length and the ring allow. */
function copyPacket(packet: Packet, back: u32): Captured | null {
  const original = packet.pktLen + back;
  const kept = min<u32>(original, load<u32>(CONTROL_SNAPLEN));
  const record = reserve((HEADER + kept + 7) & ~7);
  if (record === null) return null;
  record.kept = kept;
  record.original = original;
  record.etherType = packet.etherType;
  record.output = packet.output;
  record.clock = worker.clock;
  copyFrame(packet, back, changetype<usize>(record) + HEADER, kept);
  return record;
}

/** Shows a complete record to the reader. */
function publish(record: Captured): void {
  const ring = ringOf();
  atomic.store<u32>(changetype<usize>(ring), ring.written + record.length);
}

/** Copies `bytes` of a chained packet, starting `back` bytes before its data. */
function copyFrame(packet: Packet, back: u32, to: usize, bytes: u32): void {
  const first = min<u32>(packet.dataLen + back, bytes);
  memory.copy(to, packet.data - back, first);
  let copied = first;
  let segment = packet.nextSegment;
  for (let left: u32 = packet.nbSegs; left > 1 && segment !== null && copied < bytes; left--) {
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
