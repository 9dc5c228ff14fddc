import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES, TYPE_IP4_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_IP4 } from '../../../net/datapath/ip-protocols';
import { IP4_HEADER_BYTES, Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_HEADER_BYTES, Ip6Header } from '../../../net/datapath/ip6-header';
import { enterInterface } from '../../interface/datapath/enter';
import { interfaceAt } from '../../interface/datapath/interface';
import { toHostOr } from '../../ip/datapath/protocols';
import { takeOuterOff } from '../../tunnel/datapath/inner';
import { mergeCongestion, tosOf } from '../../tunnel/datapath/inner-frame';
import { putFrame } from './frame';
import { findIpip, IPIP_IP6, ipipAt } from './ipip';

export enum Edge {
  /** The packet ends before the header of the one inside does, or that is of another version than the outer one says. */
  DROP_IPIP_BAD_PACKET,
  /** No interface has these two ends in the VRF that the packet came in, and there is no host to take it. */
  DROP_IPIP_NO_TUNNEL,
  /** The way here was congested, and what is inside cannot be told so (RFC 6040 4.2). */
  DROP_IPIP_CONGESTED,
  /** The interface is administratively down. */
  DROP_IPIP_DOWN,
}

/**
 * Takes the outer header off an IP packet in IP for us (RFC 2003, RFC 2473, RFC 4213), and lets what is inside enter the
 * interface that has the two ends, in a frame to its own MAC address. What is no tunnel's belongs to the host.
 *
 * @table ip-protocols
 * @table interface-input
 */
export function ipipInput(packet: Packet): u32 {
  const is4 = packet.etherType == TYPE_IP4_RAW;
  const id = is4 ? tunnelOf4(packet) : tunnelOf6(packet);
  if (!id || isOver6(id) == is4) return toHostOr(is4, Edge.DROP_IPIP_NO_TUNNEL);
  const at = is4 ? changetype<Ip4Header>(packet.data).headerBytes : packet.note;
  const inner4 = innerProtocol(packet, is4) == PROTOCOL_IP4;
  if (!holdsInner(packet, at, inner4)) return Edge.DROP_IPIP_BAD_PACKET;
  if (!mergeCongestion(packet.data + at, tosOf(packet.data))) return Edge.DROP_IPIP_CONGESTED;
  takeOuterOff(packet, at);
  packet.prepend(ETHER_HEADER_BYTES); // an IP header was there
  putFrame(packet.data, interfaceAt(id).mac, inner4 ? TYPE_IP4_RAW : TYPE_IP6_RAW);
  const node = enterInterface(packet, id);
  return node ? NODE_BIT | node : Edge.DROP_IPIP_DOWN;
}

/** An IPv4 address lies as an IPv6 one that begins with it does. */
function isOver6(id: u32): bool {
  return (ipipAt(id).flags & IPIP_IP6) != 0;
}

function tunnelOf4(packet: Packet): u32 {
  const outer = changetype<Ip4Header>(packet.data);
  return findIpip(packet.vrf, outer.destinationRaw, 0, outer.sourceRaw, 0);
}

function tunnelOf6(packet: Packet): u32 {
  const outer = changetype<Ip6Header>(packet.data);
  return findIpip(packet.vrf, outer.destinationLow, outer.destinationHigh, outer.sourceLow, outer.sourceHigh);
}

/** What the header before says is inside; that of an IPv6 packet lies where `note2` says. */
function innerProtocol(packet: Packet, is4: bool): u32 {
  return is4 ? changetype<Ip4Header>(packet.data).protocol : load<u8>(packet.data + packet.note2);
}

function holdsInner(packet: Packet, at: u32, inner4: bool): bool {
  if (at + (inner4 ? IP4_HEADER_BYTES : IP6_HEADER_BYTES) > packet.dataLen) return false;
  return load<u8>(packet.data + at) >> 4 == <u32>(inner4 ? 4 : 6);
}
