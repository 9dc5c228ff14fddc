import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES, isTagType, VLAN_TAG_BYTES } from '../../../net/datapath/ether-header';
import { INTERFACE_RUNNING, INTERFACE_UP, interfaceAt } from '../../interface/datapath/interface';

export enum Edge {
  DROP_ETHER_TRUNCATED,
  /** The interface that the frame should leave by is gone, down, or has no link. */
  DROP_XC_PEER_DOWN,
  /** The frame is longer than what the interface that it should leave by may send. */
  DROP_XC_TOO_LONG,
}

const PASSES: u32 = INTERFACE_UP | INTERFACE_RUNNING;

/**
 * Sends a frame as it came out of the interface that the one it came in by is bound to.
 *
 * @frame
 * @table interface-output
 */
export function xcForward(packet: Packet): u32 {
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return Edge.DROP_ETHER_TRUNCATED;
  const output = interfaceAt(packet.iface).domain;
  const peer = interfaceAt(output);
  const node = peer.outputNode;
  if (!node || (peer.flags & PASSES) != PASSES) return Edge.DROP_XC_PEER_DOWN;
  if (packet.pktLen > <u32>peer.mtu + headerBytes(packet)) return Edge.DROP_XC_TOO_LONG;
  packet.output = output;
  packet.note = 0; // to all far ends, where it leads to several
  return NODE_BIT | node;
}

/** An Ethernet header with up to two VLAN tags, which the MTU does not count. */
function headerBytes(packet: Packet): u32 {
  let bytes = ETHER_HEADER_BYTES;
  for (let tags = 0; tags < 2 && bytes <= packet.dataLen; tags++) {
    if (!isTagType(load<u16>(packet.data + bytes - 2))) return bytes;
    bytes += VLAN_TAG_BYTES;
  }
  return bytes;
}
