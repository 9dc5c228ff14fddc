import { Packet, RX_RSS_HASH } from '../../../engine/datapath/packet';
import { hashBehind, stackBytes, versionBehind } from '../../mpls/datapath/behind-labels';
import { LABEL_BYTES } from '../../mpls/datapath/label-entry';
import { finishL4Checksum } from '../../port/datapath/l4-checksum';
import { tosOf } from '../../tunnel/datapath/inner-frame';

// What the outer headers of a tunnel say of the labelled packet inside.
//
//   label (20) · traffic class (3) · bottom of stack (1) · TTL (8)      an entry of the stack (RFC 3032 2.1)

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
  packet.note = packet.olFlags & RX_RSS_HASH ? packet.rss : hashBehind(packet, stack, version);
}

/** The DSCP of the IP packet inside, unless the label has a class of its own; that as a class selector (RFC 2474 4.2). */
function outerClass(packet: Packet, stack: u32, version: u32): u32 {
  const ofLabel: u32 = packet.dataLen < LABEL_BYTES ? 0 : (load<u8>(packet.data, 2) >> 1) & 7;
  if (!version) return ofLabel << 5;
  const inner = tosOf(packet.data + stack);
  return ofLabel && ofLabel != inner >> 5 ? ofLabel << 5 : inner & DSCP_MASK;
}
