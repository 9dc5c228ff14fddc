import { newEventWithin, putEvent } from '../../../engine/datapath/events';
import { NODE_VXLAN_INPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { EVENT_SLOTS, NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES, GROUP_BIT, TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { Ip6Header } from '../../../net/datapath/ip6-header';
import { VXLAN_HEADER_BYTES, VXLAN_I_RAW, VxlanHeader, vniOf } from '../../../net/datapath/vxlan-header';
import { canEnterPlainly, enterInterface, enterPlainly } from '../../interface/datapath/enter';
import { interfaceAt, MAC_MASK } from '../../interface/datapath/interface';
import { takeOuterOff } from '../../tunnel/datapath/inner';
import { frameIp, mergeCongestion, tosOf } from '../../tunnel/datapath/inner-frame';
import { farEndOfSender, farEndSeen } from './far-end';
import {
  interfaceOf,
  mapped4,
  VNI_BRIDGED,
  VNI_LOCAL_SHIFT,
  VNI_PLAIN,
  VXLAN_BRIDGED,
  VXLAN_PORT_RAW,
  Vxlan,
  vniValue,
  vxlanAt,
} from './vxlan';

export enum Edge {
  /** The datagram is too short for a VXLAN header and an Ethernet header in it. */
  DROP_VXLAN_TRUNCATED,
  /** The header says that it has no VNI (RFC 7348 5). */
  DROP_VXLAN_NO_VNI,
  /** No interface has the VNI in the VRF that the datagram came in. */
  DROP_VXLAN_UNKNOWN_VNI,
  /** The VNI's interface has another local address, or another UDP port, than the datagram was sent to. */
  DROP_VXLAN_OTHER_END,
  /** The datagram claims to come from the interface's own end. */
  DROP_VXLAN_OWN_SOURCE,
  /** The way here was congested, and what is in the datagram cannot be told so (RFC 6040 4.2). */
  DROP_VXLAN_CONGESTED,
  /** The interface is administratively down. */
  DROP_VXLAN_DOWN,
}

/** Where the UDP header's destination port lies, counted back from what follows it. */
const PORT_BEFORE: usize = 6;

/**
 * Takes the frame out of a VXLAN datagram for us, which comes with its outer IP header at `data` and the distance from
 * there to the VXLAN header in `note`, and lets it enter the interface that has the VNI; `note` names the far end then.
 * The common case, over IPv4 and from who is known, comes last.
 *
 * @table interface-input
 */
export function vxlanInput(packet: Packet): u32 {
  const at = packet.note;
  if (at + VXLAN_HEADER_BYTES + ETHER_HEADER_BYTES > packet.dataLen) return Edge.DROP_VXLAN_TRUNCATED;
  const header = changetype<VxlanHeader>(packet.data + at);
  if (!(header.flagsRaw & VXLAN_I_RAW)) return Edge.DROP_VXLAN_NO_VNI;
  const known = vniValue(packet.vrf, vniOf(header.vniRaw));
  if (!known) return Edge.DROP_VXLAN_UNKNOWN_VNI;
  const id = interfaceOf(known);
  const iface = interfaceAt(id);
  if (packet.etherType != TYPE_IP4_RAW || !canEnterPlainly(iface)) return takeCarefully(packet, id);
  if (!(known & VNI_PLAIN) || portOf(header) != VXLAN_PORT_RAW) return takeCarefully(packet, id);
  const outer = changetype<Ip4Header>(packet.data);
  if (!isTo(<u32>(known >> VNI_LOCAL_SHIFT), outer) || outer.dscpEcn & 1) return takeCarefully(packet, id);
  const farEnd = farEndSeen(0, mapped4(outer.sourceRaw));
  const frame = changetype<usize>(header) + VXLAN_HEADER_BYTES;
  if (isNew(frame, (known & VNI_BRIDGED) != 0, id, farEnd)) return takeCarefully(packet, id);
  takeOuterOff(packet, at + VXLAN_HEADER_BYTES);
  enterPlainly(packet, id);
  packet.note = farEnd;
  return NODE_BIT | iface.inputNode;
}

/** The UDP port that a datagram was sent to, as it lies. @inline */
function portOf(header: VxlanHeader): u16 {
  return load<u16>(changetype<usize>(header) - PORT_BEFORE);
}

/** Tells whether an IPv4 header leads from somebody else's end of a tunnel to ours. @inline */
function isTo(local: u32, outer: Ip4Header): bool {
  return local == outer.destinationRaw && local != outer.sourceRaw;
}

/** Takes a datagram that is not the common case. */
function takeCarefully(packet: Packet, id: u32): u32 {
  const vxlan = vxlanAt(id);
  if (portOf(changetype<VxlanHeader>(packet.data + packet.note)) != vxlan.portRaw)
    return Edge.DROP_VXLAN_OTHER_END;
  return packet.etherType == TYPE_IP4_RAW ? take4(packet, vxlan, id) : take6(packet, vxlan, id);
}

function take4(packet: Packet, vxlan: Vxlan, id: u32): u32 {
  const outer = changetype<Ip4Header>(packet.data);
  if (vxlan.localLow || vxlan.localHigh != mapped4(outer.destinationRaw)) return Edge.DROP_VXLAN_OTHER_END;
  return take(packet, vxlan, id, 0, mapped4(outer.sourceRaw));
}

function take6(packet: Packet, vxlan: Vxlan, id: u32): u32 {
  const outer = changetype<Ip6Header>(packet.data);
  const isOurs = outer.destinationLow == vxlan.localLow && outer.destinationHigh == vxlan.localHigh;
  if (!isOurs) return Edge.DROP_VXLAN_OTHER_END;
  return take(packet, vxlan, id, outer.sourceLow, outer.sourceHigh);
}

/** Takes the outer headers off a datagram from a far end, whose address is given, and lets the frame enter. */
function take(packet: Packet, vxlan: Vxlan, id: u32, low: u64, high: u64): u32 {
  if (low == vxlan.localLow && high == vxlan.localHigh) return Edge.DROP_VXLAN_OWN_SOURCE;
  const tos = tosOf(packet.data);
  takeOuterOff(packet, packet.note + VXLAN_HEADER_BYTES);
  if (tos & 1 && !tellCongestion(packet, tos)) return Edge.DROP_VXLAN_CONGESTED;
  const farEnd = farEndSeen(low, high);
  if (isNew(packet.data, (vxlan.flags & VXLAN_BRIDGED) != 0, id, farEnd)) tell(packet, vxlan, id, low, high);
  const node = enterInterface(packet, id);
  if (!node) return Edge.DROP_VXLAN_DOWN;
  packet.note = farEnd;
  return NODE_BIT | node;
}

/** Takes over what the outer header says of congestion; false where the frame's packet has no way to say it. */
function tellCongestion(packet: Packet, tos: u32): bool {
  const ip = frameIp(packet);
  return !ip || mergeCongestion(packet.data + ip, tos);
}

/** Tells whether the control thread should hear of a frame: of its far end, or where its sender is, if no bridge keeps that. @inline */
function isNew(frame: usize, isBridged: bool, id: u32, farEnd: u32): bool {
  if (!farEnd) return true;
  if (isBridged) return false;
  const sender = senderOf(frame);
  return !(sender & GROUP_BIT) && farEndOfSender(id, sender) != farEnd;
}

/** Most events that may wait for the control thread for it to hear of yet another far end or station. */
const MOST_EVENTS: u32 = EVENT_SLOTS / 8;

/**
 * The event: 0 address of the far end (16), 16 the sender's MAC address, zero where a bridge keeps that. When there are
 * too many of them the control thread hears of it with a later frame.
 */
function tell(packet: Packet, vxlan: Vxlan, id: u32, low: u64, high: u64): void {
  const event = newEventWithin(NODE_VXLAN_INPUT, MOST_EVENTS);
  if (event === null) return;
  event.iface = <u16>id;
  event.vrf = vxlan.vrf;
  event.data0 = low;
  event.data1 = high;
  event.data2 = vxlan.flags & VXLAN_BRIDGED ? 0 : senderOf(packet.data);
  putEvent();
}

/** @inline */
function senderOf(frame: usize): u64 {
  return load<u64>(frame, 6) & MAC_MASK;
}
