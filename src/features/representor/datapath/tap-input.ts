import { Packet } from '../../../engine/datapath/packet';
import { ETHER_HEADER_BYTES, TYPE_IP4_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { interfaceAt, MAC_MASK } from '../../interface/datapath/interface';
import { isKernelNoise } from './kernel-noise';

export enum Edge {
  FRAME_OUTPUT,
  IP4_SEND,
  IP6_SEND,
  /** The frame is shorter than an Ethernet header. */
  DROP_TAP_TRUNCATED,
  /** The frame is longer than the interface's MTU and an Ethernet header with two VLAN tags. */
  DROP_TAP_TOO_LONG,
  /** The frame is addressed to the interface itself and holds no IP packet to be routed. */
  DROP_TAP_NOT_IP,
  /** The host's kernel speaks for its own device: the router does that itself. */
  DROP_HOST_KERNEL_NOISE,
}

/** An Ethernet header with two VLAN tags. */
const LONGEST_HEADER: u32 = 22;

/**
 * Sends a frame that a program of the host has sent by an interface's TAP: out of the interface as it is, or into the
 * interface's VRF when it is addressed to the interface itself. The host asks nobody for MAC addresses (its TAP has no
 * ARP), so that is what its kernel addresses every packet to a single station to.
 *
 * @frame
 */
export function tapInput(packet: Packet): u32 {
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return Edge.DROP_TAP_TRUNCATED;
  const frame = packet.data;
  const iface = interfaceAt(packet.output);
  if (packet.pktLen > <u32>iface.mtu + LONGEST_HEADER) return Edge.DROP_TAP_TOO_LONG;
  const type = load<u16>(frame, 12);
  if (type == TYPE_IP6_RAW && isKernelNoise(packet, ETHER_HEADER_BYTES)) return Edge.DROP_HOST_KERNEL_NOISE;
  if ((load<u64>(frame) & MAC_MASK) != iface.mac) return Edge.FRAME_OUTPUT;
  packet.strip(ETHER_HEADER_BYTES);
  if (type == TYPE_IP4_RAW) return Edge.IP4_SEND;
  return type == TYPE_IP6_RAW ? Edge.IP6_SEND : Edge.DROP_TAP_NOT_IP;
}
