import { Packet, RX_RSS_HASH } from '../../../engine/datapath/packet';
import { TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';
import { IP4_HEADER_BYTES, IP4_PLAIN, Ip4Header } from '../../../net/datapath/ip4-header';
import { headerHash4 } from '../../ip/datapath/ip-flow-hash';
import { hashBehind, stackBytes, versionBehind } from '../../mpls/datapath/behind-labels';
import { LABEL_BYTES } from '../../mpls/datapath/label-entry';
import { finishL4Checksum, L4_CKSUM_SUSPECT } from '../../port/datapath/l4-checksum';
import { tosOf } from '../../tunnel/datapath/inner-frame';

// What the outer headers of a tunnel say of the labelled packet inside.
//
//   label (20) · traffic class (3) · bottom of stack (1) · TTL (8)      an entry of the stack (RFC 3032 2.1)

const DSCP_MASK: u32 = 0xfc;
const BOTTOM_OF_STACK: u8 = 1;

/**
 * Notes in `note` a hash of the flow that a labelled packet belongs to, and in `note2` the traffic class of its outer
 * header, and finishes the checksum that its sender has left to the port.
 */
export function noteInner(packet: Packet): void {
  const stack = stackBytes(packet);
  const version = versionBehind(packet, stack);
  if (version) finishL4Checksum(packet, stack);
  packet.note2 = outerClass(packet, stack, version);
  packet.note = packet.olFlags & RX_RSS_HASH ? packet.rss : hashBehind(packet, stack, version);
}

/** The DSCP of the IP packet inside, unless the label has a class of its own; that as a class selector (RFC 2474 4.2). */
function outerClass(packet: Packet, stack: u32, version: u32): u32 {
  const ofLabel: u32 = packet.dataLen < LABEL_BYTES ? 0 : (load<u8>(packet.data, 2) >> 1) & 7;
  if (!version) return ofLabel << 5;
  const inner = tosOf(packet.data + stack);
  return chooseClass(ofLabel, inner);
}

/** @inline */
function chooseClass(ofLabel: u32, inner: u32): u32 {
  return ofLabel && ofLabel != inner >> 5 ? ofLabel << 5 : inner & DSCP_MASK;
}

/** Tells whether a packet is the common case: one label, an IPv4 packet without options behind it, nothing left to finish. @inline */
export function isPlainLabelled(packet: Packet): bool {
  if (packet.etherType != TYPE_MPLS_RAW || packet.olFlags & L4_CKSUM_SUSPECT) return false;
  if (packet.dataLen < <u16>(LABEL_BYTES + IP4_HEADER_BYTES)) return false;
  const header = changetype<Ip4Header>(packet.data + LABEL_BYTES);
  if (!(load<u8>(packet.data, 2) & BOTTOM_OF_STACK) || header.versionIhl != IP4_PLAIN) return false;
  const bytes = header.totalLength;
  return bytes >= IP4_HEADER_BYTES && bytes + LABEL_BYTES <= packet.pktLen;
}

/** The hash of the flow that such a packet belongs to. @inline */
export function plainHash(packet: Packet): u32 {
  if (packet.olFlags & RX_RSS_HASH) return packet.rss;
  return headerHash4(packet.data + LABEL_BYTES, packet.dataLen - LABEL_BYTES);
}

/** The traffic class of its outer header. @inline */
export function plainClass(packet: Packet): u32 {
  return chooseClass((load<u8>(packet.data, 2) >> 1) & 7, load<u8>(packet.data, LABEL_BYTES + 1));
}
