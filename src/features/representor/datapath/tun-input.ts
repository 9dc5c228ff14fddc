import { Packet } from '../../../engine/datapath/packet';
import { isKernelNoise } from './kernel-noise';

export enum Edge {
  IP4_SEND,
  IP6_SEND,
  /** The host has sent something that is neither IPv4 nor IPv6. */
  DROP_TUN_NOT_IP,
  /** The host's kernel speaks for its own device: the router does that itself. */
  DROP_HOST_KERNEL_NOISE,
}

/** Starts an IP packet that a program of the host has sent by a VRF's TUN on its way. */
export function tunInput(packet: Packet): u32 {
  const version: u32 = packet.dataLen ? load<u8>(packet.data) >> 4 : 0;
  if (version == 4) return Edge.IP4_SEND;
  if (version != 6) return Edge.DROP_TUN_NOT_IP;
  return isKernelNoise(packet, 0) ? Edge.DROP_HOST_KERNEL_NOISE : Edge.IP6_SEND;
}
