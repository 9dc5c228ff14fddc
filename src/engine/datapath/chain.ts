import { fold, sumBytes } from '../../net/datapath/checksum';
import { freshPacket, release } from './buffers';
import { delta } from './instance';
import { Packet } from './packet';

// What is done to the bytes of a packet that may lie in several segments. Nobody visits more of them than the packet
// says that it has: a broken chain may be a ring.

/** Cuts a packet down to its first `bytes`, which are not more than it has; emptied segments go back to the pool. */
export function trim(packet: Packet, bytes: u32): void {
  packet.pktLen = bytes;
  let segment = packet;
  let rest = packet.nextSegment;
  let left = bytes;
  let kept: u16 = 1;
  while (rest !== null && left > segment.dataLen && kept < packet.nbSegs) {
    left -= segment.dataLen;
    segment = rest;
    rest = segment.nextSegment;
    kept++;
  }
  segment.dataLen = <u16>min<u32>(left, segment.dataLen);
  if (rest === null) return;
  segment.nextAddr = 0;
  if (kept == packet.nbSegs) return; // nobody knows what a broken chain leads to
  rest.nbSegs = packet.nbSegs - kept;
  packet.nbSegs = kept;
  release(rest);
}

/** Internet checksum's sum of `bytes` of a packet from `from` on, which it has; folded. */
export function sumPacket(packet: Packet, from: u32, bytes: u32): u32 {
  let sum: u64 = 0;
  let segment: Packet | null = packet;
  let skip = from;
  let done: u32 = 0;
  for (let left: u32 = packet.nbSegs; left > 0 && segment !== null && done < bytes; left--) {
    const length: u32 = segment.dataLen;
    if (skip >= length) {
      skip -= length;
    } else {
      const part = min<u32>(length - skip, bytes - done);
      const partSum = fold(sumBytes(segment.data + skip, part));
      sum += done & 1 ? bswap<u16>(<u16>partSum) : partSum; // RFC 1071 2(B): an odd start swaps the sum's bytes
      done += part;
      skip = 0;
    }
    segment = segment.nextSegment;
  }
  return fold(sum);
}

/**
 * A fresh packet for what the router makes of `packet`: `headerBytes` that the caller fills in, then a copy of
 * `bytes` of the packet from `from` on. It goes on with the packet's interface, VRF, next hop and trace.
 * Null when there are no buffers left, or a broken chain has not the bytes.
 */
export function freshCopy(packet: Packet, headerBytes: u32, from: u32, bytes: u32): Packet | null {
  const fresh = freshPacket();
  if (fresh === null) return null;
  fresh.iface = packet.iface;
  fresh.output = packet.output;
  fresh.nextHop = packet.nextHop;
  fresh.vrf = packet.vrf;
  fresh.trace = packet.trace;
  fresh.flags = packet.flags;
  fresh.etherType = packet.etherType;
  fresh.dataLen = <u16>headerBytes;
  fresh.pktLen = headerBytes;
  if (append(fresh, packet, from, bytes)) return fresh;
  release(fresh);
  return null;
}

/** Appends bytes of `source` to `packet`, in further segments where they do not fit; false when buffers run out, or bytes. */
function append(packet: Packet, source: Packet, from: u32, bytes: u32): bool {
  let last = packet;
  let copied: u32 = 0;
  while (copied < bytes) {
    const room: u32 = last.bufLen - last.dataOff - last.dataLen;
    const part = min<u32>(room, bytes - copied);
    if (!copyBytes(source, from + copied, last.data + last.dataLen, part)) return false;
    last.dataLen += <u16>part;
    packet.pktLen += part;
    copied += part;
    if (copied == bytes) break;
    const next = freshPacket();
    if (next === null) return false;
    last.nextAddr = <u64>changetype<usize>(next) + delta;
    packet.nbSegs++;
    last = next;
  }
  return true;
}

/** Copies `bytes` of a packet from `from` on; false when it has not all of them. */
function copyBytes(packet: Packet, from: u32, to: usize, bytes: u32): bool {
  let segment: Packet | null = packet;
  let skip = from;
  let copied: u32 = 0;
  for (let left: u32 = packet.nbSegs; left > 0 && segment !== null && copied < bytes; left--) {
    const length: u32 = segment.dataLen;
    if (skip >= length) {
      skip -= length;
    } else {
      const part = min<u32>(length - skip, bytes - copied);
      memory.copy(to + copied, segment.data + skip, part);
      copied += part;
      skip = 0;
    }
    segment = segment.nextSegment;
  }
  return copied == bytes;
}
