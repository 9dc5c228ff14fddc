import { Packet, RX_RSS_HASH } from '../../../engine/datapath/packet';
import { IP4_HEADER_BYTES, Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_HEADER_BYTES, Ip6Header } from '../../../net/datapath/ip6-header';
import { flowHash4, flowHash6, hashWords } from '../../ip/datapath/ip-flow-hash';
import { finishL4Checksum } from '../../port/datapath/l4-checksum';
import { tosOf } from '../../tunnel/datapath/inner-frame';

// What the outer headers of a tunnel say of the labelled packet inside.
//
//   label (20) · traffic class (3) · bottom of stack (1) · TTL (8)      an entry of the stack (RFC 3032 2.1)

const LABEL_BYTES: u32 = 4;
const BOTTOM_OF_STACK: u8 = 1;
/** Deeper stacks are told apart by their first labels alone. */
const MOST_LABELS: u32 = 16;
/** A pseudowire's control word (RFC 4385 3), told by its first four bits. */
const CONTROL_WORD_BYTES: u32 = 4;
const MACS_BYTES: u32 = 12;
const DSCP_MASK: u32 = 0xfc;

/**
 * Notes in `note` a hash of the flow that a labelled packet belongs to, and in `note2` the traffic class of its outer
 * header, and finishes the checksum that its sender has left to the port.
 */
export function noteInner(packet: Packet): void {
  const stack = stackBytes(packet);
  const version = versionBehind(packet, stack);
  if (version) finishL4Checksum(packet, stack);
  packet.note2 = outerClass(packet, stack, version);
  packet.note = packet.olFlags & RX_RSS_HASH ? packet.rss : hashOf(packet, stack, version);
}

/** Bytes of the label stack; zero when it does not end where one can see it. */
function stackBytes(packet: Packet): u32 {
  const most = min<u32>(packet.dataLen, MOST_LABELS * LABEL_BYTES);
  for (let at: u32 = 0; at + LABEL_BYTES <= most; at += LABEL_BYTES) {
    if (load<u8>(packet.data + at, 2) & BOTTOM_OF_STACK) return at + LABEL_BYTES;
  }
  return 0;
}

/** 4 or 6 for an IP packet below the labels, zero for anything else; its lengths tell it from an Ethernet address. */
function versionBehind(packet: Packet, stack: u32): u32 {
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

/** The DSCP of the IP packet inside, unless the label has a class of its own; that as a class selector (RFC 2474 4.2). */
function outerClass(packet: Packet, stack: u32, version: u32): u32 {
  const ofLabel: u32 = packet.dataLen < LABEL_BYTES ? 0 : (load<u8>(packet.data, 2) >> 1) & 7;
  if (!version) return ofLabel << 5;
  const inner = tosOf(packet.data + stack);
  return ofLabel && ofLabel != inner >> 5 ? ofLabel << 5 : inner & DSCP_MASK;
}

function hashOf(packet: Packet, stack: u32, version: u32): u32 {
  if (!version) return hashOfFrame(packet, stack);
  packet.strip(stack);
  const hash = version == 4 ? flowHash4(packet) : flowHash6(packet);
  packet.prepend(stack);
  return hash;
}

/** Hash of the MAC addresses of a frame below the labels; of the first label where there is no whole one. */
function hashOfFrame(packet: Packet, stack: u32): u32 {
  const hasControlWord = packet.dataLen > stack && !(load<u8>(packet.data + stack) >> 4);
  const at = stack + (hasControlWord ? CONTROL_WORD_BYTES : 0);
  if (stack && at + MACS_BYTES <= packet.dataLen) {
    return hashWords(load<u64>(packet.data + at), load<u32>(packet.data + at, 8));
  }
  return packet.dataLen < LABEL_BYTES ? 0 : hashWords(load<u32>(packet.data), 0);
}
