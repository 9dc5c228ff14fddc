import { Packet } from '../../../engine/datapath/packet';
import { IP4_HEADER_BYTES, Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_HEADER_BYTES, Ip6Header } from '../../../net/datapath/ip6-header';
import { flowHash4, flowHash6, hashWords } from '../../ip/datapath/ip-flow-hash';
import { BOTTOM, entryAt, LABEL_BYTES } from './label-entry';

// What lies behind the labels of a packet, which nothing in front says.

/** Deeper stacks are told apart by their first label alone. */
const MOST_LABELS: u32 = 16;
/** A pseudowire's control word (RFC 4385 3), told by its first four bits. */
const CONTROL_WORD_BYTES: u32 = 4;
const MACS_BYTES: u32 = 12;

/** Bytes of the label stack; zero when it does not end where one can see it. */
export function stackBytes(packet: Packet): u32 {
  const most = min<u32>(packet.dataLen, MOST_LABELS * LABEL_BYTES);
  for (let at: u32 = 0; at + LABEL_BYTES <= most; at += LABEL_BYTES) {
    if (entryAt(packet.data + at) & BOTTOM) return at + LABEL_BYTES;
  }
  return 0;
}

/** 4 or 6 for an IP packet behind the labels, zero for anything else; its lengths tell it from an Ethernet address. */
export function versionBehind(packet: Packet, stack: u32): u32 {
  if (!stack || packet.dataLen <= stack) return 0;
  const at = packet.data + stack;
  const first = packet.dataLen - stack;
  const all = packet.pktLen - stack;
  const version = load<u8>(at) >> 4;
  if (version == 4 && first >= IP4_HEADER_BYTES) {
    const header = changetype<Ip4Header>(at);
    const bytes = header.headerBytes;
    const isWhole = bytes >= IP4_HEADER_BYTES && bytes <= header.totalLength && header.totalLength <= all;
    return isWhole ? 4 : 0;
  }
  if (version != 6 || first < IP6_HEADER_BYTES) return 0;
  return changetype<Ip6Header>(at).payloadLength + IP6_HEADER_BYTES <= all ? 6 : 0;
}

/**
 * Hash of the flow behind a packet's labels: of the IP packet there, of the MAC addresses of a frame, or else of the
 * first label alone. What groups choose their members by, and what tunnels take their entropy from.
 */
export function hashBehind(packet: Packet, stack: u32, version: u32): u32 {
  if (!version) return hashOfFrame(packet, stack);
  packet.strip(stack);
  const hash = version == 4 ? flowHash4(packet) : flowHash6(packet);
  packet.prepend(stack); // there is room: they have just been taken off
  return hash;
}

function hashOfFrame(packet: Packet, stack: u32): u32 {
  const hasControlWord = packet.dataLen > stack && !(load<u8>(packet.data + stack) >> 4);
  const at = stack + (hasControlWord ? CONTROL_WORD_BYTES : 0);
  if (stack && at + MACS_BYTES <= packet.dataLen) {
    return hashWords(load<u64>(packet.data + at), load<u32>(packet.data + at, 8));
  }
  return packet.dataLen < LABEL_BYTES ? 0 : hashWords(load<u32>(packet.data), 0);
}
