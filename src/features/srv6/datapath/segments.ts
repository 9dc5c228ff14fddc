import { Packet } from '../../../engine/datapath/packet';
import { Ip6Header } from '../../../net/datapath/ip6-header';

/**
 * Segment routing header (RFC 8754 2).
 *
 *   0 ┌ next header │ length │ type 4 │ segments left │ last entry │ flags │ tag ┐ 8
 *   8 └ segments, 16 bytes each, the last one first; then TLVs                    ┘
 */
@unmanaged
export class SegmentHeader {
  nextHeader: u8;
  /** In units of 8 bytes beyond the first. */
  length: u8;
  type: u8;
  segmentsLeft: u8;
  lastEntry: u8;
  flags: u8;
  tag: u16;

  /** Whether what it says of its segments fits into it (RFC 8986 4.1, S08 and S09). */
  @inline get fits(): bool {
    const most = <i32>(this.length >> 1) - 1;
    return <i32>this.lastEntry <= most && this.segmentsLeft <= this.lastEntry + 1;
  }
}

export const ROUTING_TYPE_SEGMENTS: u8 = 4;
const SEGMENTS_AT: usize = 8;
/** Where the number of segments left stands: what an error about that points to. */
export const SEGMENTS_LEFT_AT: u32 = 3;

/** Lets a packet go on to the next segment, of which there is one. */
export function nextSegment(packet: Packet, header: SegmentHeader): void {
  const left = header.segmentsLeft - 1;
  header.segmentsLeft = left;
  const segment = changetype<usize>(header) + SEGMENTS_AT + ((<usize>left) << 4);
  const ip = changetype<Ip6Header>(packet.data);
  ip.destinationLow = load<u64>(segment);
  ip.destinationHigh = load<u64>(segment, 8);
}

/**
 * Takes the segment routing header of `bytes` at `at` out of a packet (RFC 8986 4.16.1); the number that says that it is
 * there stands at `numberAt`.
 */
export function takeSegmentsOut(packet: Packet, at: u32, bytes: u32, numberAt: u32): void {
  const ip = packet.data;
  store<u8>(ip + numberAt, load<u8>(ip + at));
  const header = changetype<Ip6Header>(ip);
  header.payloadLengthRaw = bswap<u16>(<u16>(header.payloadLength - bytes));
  memory.copy(ip + bytes, ip, at);
  packet.strip(bytes);
}

/** Bits of an address, first byte highest. @inline */
function shiftMask(bits: u32): u64 {
  return bits == 0 ? 0 : bits >= 64 ? ~(<u64>0) : ~(~(<u64>0) >> bits);
}

/** Whether anything stands behind the first `bits` of a packet's destination: further compressed SIDs. */
export function hasArgument(packet: Packet, bits: u32): bool {
  const ip = changetype<Ip6Header>(packet.data);
  const high = bswap<u64>(ip.destinationLow);
  const low = bswap<u64>(ip.destinationHigh);
  if (high & ~shiftMask(bits)) return true;
  return (low & ~shiftMask(bits > 64 ? bits - 64 : 0)) != 0;
}

/** Moves what stands behind a compressed SID of `csid` bits to its place behind the `block` (RFC 9800 4.1.1). */
export function nextCompressed(packet: Packet, block: u32, csid: u32): void {
  const ip = changetype<Ip6Header>(packet.data);
  const high = bswap<u64>(ip.destinationLow);
  const low = bswap<u64>(ip.destinationHigh);
  const shiftedHigh = csid < 64 ? (high << csid) | (low >> (64 - csid)) : low << (csid - 64);
  const shiftedLow = csid < 64 ? low << csid : 0;
  const keepHigh = shiftMask(block);
  const keepLow = shiftMask(block > 64 ? block - 64 : 0);
  ip.destinationLow = bswap<u64>((high & keepHigh) | (shiftedHigh & ~keepHigh));
  ip.destinationHigh = bswap<u64>((low & keepLow) | (shiftedLow & ~keepLow));
}
