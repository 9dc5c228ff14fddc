import { Packet } from '../../../engine/datapath/packet';
import { ETHER_OTHERS } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES, GROUP_BIT } from '../../../net/datapath/ether-header';
import { enterInterface } from '../../interface/datapath/enter';
import { interfaceAt } from '../../interface/datapath/interface';
import { receivesFor } from '../../mac/datapath/further-macs';
import { BRIDGE_LEARN, BRIDGE_SUPPRESS, BRIDGE_UP, FDB_STATIC } from '../layout';
import { bridgeAt } from './bridge';
import { destinationOf, fits, sourceOf, vlanTagOf, whereFrom } from './bridge-frame';
import {
  FLAGS_SHIFT,
  fdbState,
  findStation,
  memberOf,
  noteHeard,
  stationKey,
  WHERE_MASK,
  whereIs,
} from './fdb';
import { countUnlearnt, tellStation } from './fdb-news';

export enum Edge {
  BRIDGE_FORWARD,
  BRIDGE_SUPPRESS,
  /** The frame is shorter than an Ethernet header. */
  DROP_BRIDGE_TRUNCATED,
  /** The bridge is administratively down. */
  DROP_BRIDGE_DOWN,
  /** The frame's source is a group's address, or zero (IEEE 802.3 3.2.3). */
  DROP_BRIDGE_BAD_SOURCE,
  /** The frame's source is the bridge's own address: it has come back to us. */
  DROP_BRIDGE_OWN_SOURCE,
  /** The frame is for this link alone (IEEE 802.1Q 8.6.3), and there is no host to take it. */
  DROP_BRIDGE_LINK_LOCAL,
}

/**
 * Takes what a bridge's member has received to where its station is. The common case, both stations known and heard
 * where they were before, comes last; who is new, moved or not one station is looked at in other functions.
 *
 * @frame
 * @table interface-input
 * @table interface-output
 * @table ether-others
 */
export function bridgeInput(packet: Packet): u32 {
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return Edge.DROP_BRIDGE_TRUNCATED;
  const iface = interfaceAt(packet.iface);
  const bridge = iface.domain;
  if ((bridgeAt(bridge).flags & (BRIDGE_UP | BRIDGE_SUPPRESS)) != BRIDGE_UP) return takeCarefully(packet);
  const vlan = vlanTagOf(packet);
  const source = findStation(stationKey(bridge, sourceOf(packet)), vlan);
  if (source === null) return takeCarefully(packet);
  if ((source.value & WHERE_MASK) != whereFrom(packet, iface)) return takeCarefully(packet);
  const value = whereIs(stationKey(bridge, destinationOf(packet)), vlan);
  const member = memberOf(value);
  if (!member) return takeCarefully(packet);
  if (member == packet.iface) return takeCarefully(packet);
  const output = interfaceAt(member);
  if (!fits(packet, output)) return takeCarefully(packet);
  noteHeard(source);
  packet.output = <u16>member;
  packet.note = <u32>value;
  return NODE_BIT | output.outputNode;
}

/** Takes a frame that is not the common case: learns its source, and finds whose it is. */
function takeCarefully(packet: Packet): u32 {
  const id = interfaceAt(packet.iface).domain;
  const bridge = bridgeAt(id);
  if (!(bridge.flags & BRIDGE_UP)) return Edge.DROP_BRIDGE_DOWN;
  const source = sourceOf(packet);
  if (!source || source & GROUP_BIT) return Edge.DROP_BRIDGE_BAD_SOURCE;
  if (receivesFor(id, source)) return Edge.DROP_BRIDGE_OWN_SOURCE;
  const destination = destinationOf(packet);
  if (isForLink(destination)) return toLink();
  if (bridge.flags & BRIDGE_LEARN) learn(packet, stationKey(id, source));
  else refresh(packet, stationKey(id, source));
  packet.note2 = id;
  if (receivesFor(id, destination)) return toBridge(packet, id);
  return bridge.flags & BRIDGE_SUPPRESS ? Edge.BRIDGE_SUPPRESS : Edge.BRIDGE_FORWARD;
}

/** Notes where a station is; where it is new or has moved, tells the control thread. */
function learn(packet: Packet, key: u64): void {
  const vlan = vlanTagOf(packet);
  const where = whereFrom(packet, interfaceAt(packet.iface));
  const station = findStation(key, vlan);
  const value = station === null ? 0 : station.value;
  if (station !== null && (value & WHERE_MASK) == where) {
    noteHeard(station);
    return;
  }
  if (<u32>(value >> FLAGS_SHIFT) & FDB_STATIC) return;
  if (station === null && fdbState().full) countUnlearnt();
  else tellStation(packet, key, where | (vlan << 48));
}

/** Notes that a known station was heard, where nobody is learnt. */
function refresh(packet: Packet, key: u64): void {
  const station = findStation(key, vlanTagOf(packet));
  if (station === null) return;
  if ((station.value & WHERE_MASK) == whereFrom(packet, interfaceAt(packet.iface))) noteHeard(station);
}

/** Tells the group addresses that no bridge passes on: 01:80:c2:00:00:00 to 0f (IEEE 802.1Q 8.6.3). */
function isForLink(destination: u64): bool {
  return (destination & 0xf0ffffffffff) == 0x0000c28001;
}

/** Gives a frame that concerns a link alone to the host's programs: LLDP, LACP, spanning tree. */
function toLink(): u32 {
  const host = load<u16>(ETHER_OTHERS);
  return host ? NODE_BIT | host : Edge.DROP_BRIDGE_LINK_LOCAL;
}

/** Routes what is sent to the bridge itself. */
function toBridge(packet: Packet, id: u32): u32 {
  const node = enterInterface(packet, id);
  return node ? NODE_BIT | node : Edge.DROP_BRIDGE_DOWN;
}
