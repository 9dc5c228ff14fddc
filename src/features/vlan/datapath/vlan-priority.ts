import { Packet } from '../../../engine/datapath/packet';
import { ETHER_TYPES } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';
import { isTagType, VLAN_TAG_BYTES, vlanIdOf } from '../../../net/datapath/ether-header';

export enum Edge {
  DROP_ETHER_UNKNOWN_TYPE,
  DROP_VLAN_TRUNCATED,
  DROP_VLAN_UNKNOWN,
}

/**
 * Takes the tag off what has one that says a priority and no VLAN (IEEE 802.1Q clause 6.9.1), and gives it to whoever
 * takes its ethertype. What is of a VLAN comes here only where no interface has that VLAN.
 *
 * @table ether-types
 */
export function vlanPriority(packet: Packet): u32 {
  if (packet.dataLen < <u16>VLAN_TAG_BYTES) return Edge.DROP_VLAN_TRUNCATED;
  if (vlanIdOf(load<u16>(packet.data))) return Edge.DROP_VLAN_UNKNOWN;
  const type = load<u16>(packet.data, 2);
  const node: u32 = isTagType(type) ? 0 : load<u16>(ETHER_TYPES + ((<usize>type) << 1));
  if (!node) return Edge.DROP_ETHER_UNKNOWN_TYPE;
  packet.etherType = type;
  packet.strip(VLAN_TAG_BYTES);
  return NODE_BIT | node;
}
