import { isForeseen } from '../../../engine/datapath/foreseen';
import { PACKET_LINK_MULTICAST, Packet } from '../../../engine/datapath/packet';
import { ETHER_OTHERS, ETHER_TYPES } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES, GROUP_BIT, TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { interfaceAt, MAC_MASK } from '../../interface/datapath/interface';
import { isFurtherMac } from '../../mac/datapath/further-macs';

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
  if (!isForeseen()) {
    if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return Edge.DROP_ETHER_TRUNCATED;
    const destination = load<u64>(packet.data) & MAC_MASK;
    if (destination != interfaceAt(packet.iface).mac) return takeOther(packet, destination);
  }
  const type = isForeseen() ? TYPE_IP4_RAW : load<u16>(packet.data, 12);
  const node = nodeOf(type);
  if (!isForeseen() && !node) return Edge.DROP_ETHER_UNKNOWN_TYPE;
  unwrap(packet, type);
  return NODE_BIT | node;
}

/** Takes a frame to a group, to a further address of ours, or to somebody else. */
function takeOther(packet: Packet, destination: u64): u32 {
  if (destination & GROUP_BIT) return takeGroup(packet);
  if (!isFurtherMac(packet.iface, destination)) return Edge.DROP_ETHER_OTHER_STATION;
  const type = load<u16>(packet.data, 12);
  const node = nodeOf(type);
  if (!node) return Edge.DROP_ETHER_UNKNOWN_TYPE;
  unwrap(packet, type);
  return NODE_BIT | node;
}

function takeGroup(packet: Packet): u32 {
  packet.flags |= PACKET_LINK_MULTICAST;
  const type = load<u16>(packet.data, 12);
  const node = nodeOf(type);
  if (node) {
    unwrap(packet, type);
    return NODE_BIT | node;
  }
  const others = load<u16>(ETHER_OTHERS);
  return others ? NODE_BIT | others : Edge.DROP_ETHER_UNKNOWN_TYPE;
}

/** Who takes an ethertype, zero for nobody. @remembered */
function nodeOf(type: u16): u32 {
  return load<u16>(ETHER_TYPES + ((<usize>type) << 1));
}

/** Takes the header off. @inline */
function unwrap(packet: Packet, type: u16): void {
  packet.etherType = type;
  packet.strip(ETHER_HEADER_BYTES);
}
