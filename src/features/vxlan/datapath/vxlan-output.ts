import { freshCopy } from '../../../engine/datapath/chain';
import { nodeOf, send } from '../../../engine/datapath/graph';
import { NODE_VXLAN_OUTPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { ETHER_HEADER_BYTES, GROUP_BIT, TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { IP4_HEADER_BYTES } from '../../../net/datapath/ip4-header';
import { VXLAN_HEADER_BYTES, VXLAN_I_RAW, VxlanHeader } from '../../../net/datapath/vxlan-header';
import { canLeavePlainly, leaveInterface, leavePlainly } from '../../interface/datapath/enter';
import { interfaceAt, MAC_MASK } from '../../interface/datapath/interface';
import { headerHash4 } from '../../ip/datapath/ip-flow-hash';
import { L4_CKSUM_SUSPECT } from '../../port/datapath/l4-checksum';
import { finishFrame, frameHash, frameIp, tosOf } from '../../tunnel/datapath/inner-frame';
import {
  canDeepen,
  deepen,
  deepenPlainly,
  entropyPort,
  goInUnderlay,
  goToNeighbor,
  neighborTo4,
  pushIp4,
  pushIp6,
  pushUdp,
  putIp4,
  putUdp,
  sendOuter4,
  sendOuter6,
  UDP_HEADER_BYTES,
} from '../../tunnel/datapath/outer';
import { farEndAt, farEndOf } from './far-end';
import { Slot } from './slot';
import { VXLAN_BRIDGED, VXLAN_IP6, VXLAN_READY, Vxlan, vxlanAt } from './vxlan';

export enum Edge {
  ETHER_OUTPUT,
  DROP_VXLAN_TRUNCATED,
  DROP_VXLAN_DOWN,
  /** The interface's local address is none of ours any more. */
  DROP_VXLAN_NO_LOCAL,
  /** The frame has been put into as many tunnels as one may be: one of them leads into itself. */
  DROP_VXLAN_TOO_DEEP,
  /** The frame is for all far ends, or nobody knows for which, and the flood list is empty. */
  DROP_VXLAN_NO_FAR_END,
  /** No buffers are left for a copy to one more far end. */
  DROP_VXLAN_NO_BUFFERS,
  /** The frame has no room for the outer headers, or is too long with them. */
  DROP_VXLAN_NO_ROOM,
}

/**
 * Puts a frame into a datagram to the far end that its destination is behind, or a copy of it to each far end of the
 * flood list where that is not known, and sends it on its way in the underlay. Of a frame from a bridge, `note` names the
 * far end, zero for all. The common case, an IPv4 packet to a far end that a known neighbour leads to, comes last.
 *
 * @frame
 * @table next-hop-input
 */
export function vxlanOutput(packet: Packet): u32 {
  const id = packet.output;
  const vxlan = vxlanAt(id);
  if ((vxlan.flags & (VXLAN_READY | VXLAN_IP6)) != VXLAN_READY) return sendCarefully(packet, vxlan, id);
  if (!canLeavePlainly(interfaceAt(id)) || !canDeepen(packet)) return sendCarefully(packet, vxlan, id);
  if (!carriesPlainIp4(packet)) return sendCarefully(packet, vxlan, id);
  const farEnd = chooseFarEnd(packet, vxlan, id);
  if (farEnd === null) return sendCarefully(packet, vxlan, id);
  const remote = changetype<usize>(farEnd) + FAR_END_IP4;
  const nextHop = neighborTo4(vxlan.vrf, remote, packet.pktLen + OUTER4_BYTES);
  if (!nextHop) return sendCarefully(packet, vxlan, id);
  const ip = packet.data + ETHER_HEADER_BYTES;
  const source = entropyPort(headerHash4(ip, packet.dataLen - ETHER_HEADER_BYTES));
  leavePlainly(packet, id);
  deepenPlainly(packet);
  packet.prepend(OUTER4_BYTES);
  putIp4(packet, PROTOCOL_UDP, local4(vxlan), load<u32>(remote), load<u8>(ip, 1), 0);
  putUdp(packet.data + IP4_HEADER_BYTES, packet.pktLen - IP4_HEADER_BYTES, source, vxlan.portRaw);
  putVxlan(packet.data + IP4_HEADER_BYTES + UDP_HEADER_BYTES, vxlan);
  goInUnderlay(packet, vxlan.vrf, TYPE_IP4_RAW);
  goToNeighbor(packet, nextHop);
  return Edge.ETHER_OUTPUT;
}

/** What is put round a frame over IPv4. */
const OUTER4_BYTES: u32 = IP4_HEADER_BYTES + UDP_HEADER_BYTES + VXLAN_HEADER_BYTES;
/** Where a far end's IPv4 address lies in its record: in the last 4 bytes of its key. */
const FAR_END_IP4: usize = offsetof<Slot>('keyHigh') + 4;

/** Tells whether a frame has an IPv4 packet and no tag, and nothing of it is left to a port to finish. @inline */
function carriesPlainIp4(packet: Packet): bool {
  if (packet.dataLen < <u16>(ETHER_HEADER_BYTES + IP4_HEADER_BYTES)) return false;
  if (packet.olFlags & L4_CKSUM_SUSPECT) return false;
  return load<u16>(packet.data, 12) == TYPE_IP4_RAW && load<u8>(packet.data, ETHER_HEADER_BYTES) >> 4 == 4;
}

/** @inline */
function local4(vxlan: Vxlan): u32 {
  return <u32>(vxlan.localHigh >> 32);
}

/** Takes a frame that is not the common case. */
function sendCarefully(packet: Packet, vxlan: Vxlan, id: u32): u32 {
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return Edge.DROP_VXLAN_TRUNCATED;
  if (!(vxlan.flags & VXLAN_READY)) return Edge.DROP_VXLAN_NO_LOCAL;
  if (!leaveInterface(packet, id)) return Edge.DROP_VXLAN_DOWN;
  if (!deepen(packet)) return Edge.DROP_VXLAN_TOO_DEEP;
  finishFrame(packet);
  const farEnd = chooseFarEnd(packet, vxlan, id);
  return farEnd === null ? flood(packet, vxlan) : encapsulate(packet, vxlan, farEnd);
}

/** The far end that a frame is for, null for all. @inline */
function chooseFarEnd(packet: Packet, vxlan: Vxlan, id: u32): Slot | null {
  if (vxlan.flags & VXLAN_BRIDGED) return packet.note ? farEndAt(packet.note) : null;
  const destination = load<u64>(packet.data) & MAC_MASK;
  if (destination & GROUP_BIT) return null;
  const name = farEndOf(id, destination);
  return name ? farEndAt(name) : null;
}

/** Sends copies to all far ends of the flood list but the first, and the frame itself to that. */
function flood(packet: Packet, vxlan: Vxlan): u32 {
  const flood = vxlan.flood;
  const count = <u32>(flood >> 32);
  if (!count) return Edge.DROP_VXLAN_NO_FAR_END;
  const list = <usize>(<u32>flood);
  for (let i: u32 = 1; i < count; i++) {
    const farEnd = farEndAt(load<u32>(list + (i << 2)));
    if (farEnd === null) continue; // it has just gone: a shorter list is on its way
    const copy = freshCopy(packet, 0, 0, packet.pktLen);
    if (copy === null) return Edge.DROP_VXLAN_NO_BUFFERS;
    send(nodeOf(NODE_VXLAN_OUTPUT, encapsulate(copy, vxlan, farEnd)), copy);
  }
  const first = farEndAt(load<u32>(list));
  return first === null ? Edge.DROP_VXLAN_NO_FAR_END : encapsulate(packet, vxlan, first);
}

/** Puts a frame into a datagram to a far end; what it carries gives the outer header its class of traffic and its entropy. */
function encapsulate(packet: Packet, vxlan: Vxlan, farEnd: Slot): u32 {
  const ip = frameIp(packet);
  const source = entropyPort(frameHash(packet, ip));
  const tos = ip ? tosOf(packet.data + ip) : 0;
  if (!packet.prepend(VXLAN_HEADER_BYTES)) return Edge.DROP_VXLAN_NO_ROOM;
  putVxlan(packet.data, vxlan);
  if (!pushUdp(packet, source, vxlan.portRaw)) return Edge.DROP_VXLAN_NO_ROOM;
  return vxlan.flags & VXLAN_IP6 ? send6(packet, vxlan, farEnd, tos) : send4(packet, vxlan, farEnd, tos);
}

/** @inline */
function putVxlan(at: usize, vxlan: Vxlan): void {
  const header = changetype<VxlanHeader>(at);
  header.flagsRaw = VXLAN_I_RAW;
  header.vniRaw = vxlan.vniRaw;
}

function send4(packet: Packet, vxlan: Vxlan, farEnd: Slot, tos: u32): u32 {
  const remote = load<u32>(changetype<usize>(farEnd) + FAR_END_IP4);
  if (!pushIp4(packet, PROTOCOL_UDP, local4(vxlan), remote, tos, 0)) return Edge.DROP_VXLAN_NO_ROOM;
  return sendOuter4(packet, vxlan.vrf);
}

function send6(packet: Packet, vxlan: Vxlan, farEnd: Slot, tos: u32): u32 {
  const local = changetype<usize>(vxlan) + offsetof<Vxlan>('localLow');
  const remote = changetype<usize>(farEnd) + offsetof<Slot>('keyLow');
  if (!pushIp6(packet, PROTOCOL_UDP, local, remote, tos)) return Edge.DROP_VXLAN_NO_ROOM;
  return sendOuter6(packet, vxlan.vrf);
}
