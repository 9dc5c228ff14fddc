import { PACKET_LINK_MULTICAST, Packet } from '../../../engine/datapath/packet';
import { ETHER_OTHERS, ETHER_TYPES } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES, GROUP_BIT } from '../../../net/datapath/ether-header';
import { interfaceAt, MAC_MASK } from '../../interface/datapath/interface';

export enum Edge {
  /** The frame is shorter than an Ethernet header. */
  DROP_ETHER_TRUNCATED,
  /** The frame is addressed to another station. */
  DROP_ETHER_OTHER_STATION,
  /** Nobody here takes this ethertype. */
  DROP_ETHER_UNKNOWN_TYPE,
}

/**
 * Checks that a frame is for us and gives its payload to whoever takes its ethertype; whole frames of other types that
 * are sent to groups, to whoever takes the rest: so neighbours speak to each other's programs (LLDP, LACP, IS-IS).
 *
 * @frame
 * @table ether-types
 * @table ether-others
 */
export function etherInput(packet: Packet): u32 {
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return Edge.DROP_ETHER_TRUNCATED;
  const frame = packet.data;
  const destination = load<u64>(frame) & MAC_MASK;
  if (destination != interfaceAt(packet.iface).mac) return takeOther(packet, destination);
  const node = nodeOfType(frame);
  if (!node) return Edge.DROP_ETHER_UNKNOWN_TYPE;
  return NODE_BIT | unwrap(packet, node);
}

/** Takes a frame to a group or to somebody else. */
function takeOther(packet: Packet, destination: u64): u32 {
  if (!(destination & GROUP_BIT)) return Edge.DROP_ETHER_OTHER_STATION;
  packet.flags |= PACKET_LINK_MULTICAST;
  const node = nodeOfType(packet.data);
  if (node) return NODE_BIT | unwrap(packet, node);
  const others = load<u16>(ETHER_OTHERS);
  return others ? NODE_BIT | others : Edge.DROP_ETHER_UNKNOWN_TYPE;
}

/** Who takes a frame's ethertype, zero for nobody. @inline */
function nodeOfType(frame: usize): u32 {
  return load<u16>(ETHER_TYPES + ((<usize>load<u16>(frame, 12)) << 1));
}

/** Takes the header off, for `node`. @inline */
function unwrap(packet: Packet, node: u32): u32 {
  packet.etherType = load<u16>(packet.data, 12);
  packet.strip(ETHER_HEADER_BYTES);
  return node;
}
