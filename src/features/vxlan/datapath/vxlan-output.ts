import { freshCopy } from '../../../engine/datapath/chain';
import { nodeOf, send } from '../../../engine/datapath/graph';
import { NODE_VXLAN_OUTPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { ETHER_HEADER_BYTES, GROUP_BIT } from '../../../net/datapath/ether-header';
import { PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { VXLAN_HEADER_BYTES, VXLAN_I_RAW, VxlanHeader } from '../../../net/datapath/vxlan-header';
import { leaveInterface } from '../../interface/datapath/enter';
import { MAC_MASK } from '../../interface/datapath/interface';
import { finishFrame, frameHash, frameIp, tosOf } from '../../tunnel/datapath/inner-frame';
import {
  deepen,
  entropyPort,
  pushIp4,
  pushIp6,
  pushUdp,
  sendOuter4,
  sendOuter6,
} from '../../tunnel/datapath/outer';
import { farEndAt, farEndOf } from './far-end';
import { Slot } from './slot';
import { VXLAN_BRIDGED, VXLAN_IP6, VXLAN_READY, Vxlan, vxlanAt } from './vxlan';

export enum Edge {
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
 * far end, zero for all.
 *
 * @frame
 * @table next-hop-input
 */
export function vxlanOutput(packet: Packet): u32 {
  const id = packet.output;
  const vxlan = vxlanAt(id);
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return Edge.DROP_VXLAN_TRUNCATED;
  if (!(vxlan.flags & VXLAN_READY)) return Edge.DROP_VXLAN_NO_LOCAL;
  if (!leaveInterface(packet, id)) return Edge.DROP_VXLAN_DOWN;
  if (!deepen(packet)) return Edge.DROP_VXLAN_TOO_DEEP;
  finishFrame(packet);
  const farEnd = chooseFarEnd(packet, vxlan, id);
  return farEnd === null ? flood(packet, vxlan) : encapsulate(packet, vxlan, farEnd);
}

/** The far end that a frame is for, null for all. */
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
  const header = changetype<VxlanHeader>(packet.data);
  header.flagsRaw = VXLAN_I_RAW;
  header.vniRaw = vxlan.vniRaw;
  if (!pushUdp(packet, source, vxlan.portRaw)) return Edge.DROP_VXLAN_NO_ROOM;
  return vxlan.flags & VXLAN_IP6 ? send6(packet, vxlan, farEnd, tos) : send4(packet, vxlan, farEnd, tos);
}

function send4(packet: Packet, vxlan: Vxlan, farEnd: Slot, tos: u32): u32 {
  const local = <u32>(vxlan.localHigh >> 32);
  const remote = <u32>(farEnd.keyHigh >> 32);
  if (!pushIp4(packet, PROTOCOL_UDP, local, remote, tos, 0)) return Edge.DROP_VXLAN_NO_ROOM;
  return sendOuter4(packet, vxlan.vrf);
}

function send6(packet: Packet, vxlan: Vxlan, farEnd: Slot, tos: u32): u32 {
  const local = changetype<usize>(vxlan) + offsetof<Vxlan>('localLow');
  const remote = changetype<usize>(farEnd) + offsetof<Slot>('keyLow');
  if (!pushIp6(packet, PROTOCOL_UDP, local, remote, tos)) return Edge.DROP_VXLAN_NO_ROOM;
  return sendOuter6(packet, vxlan.vrf);
}
