import { INTERFACES } from '../../../engine/datapath/regions';

/**
 * An interface as packets see it: 32 bytes, two in a cache line, written by the control thread. What few of them need is
 * an InterfaceRest.
 */
@unmanaged
export class Interface {
  /** INTERFACE_… flags. */
  flags: u32;
  vrf: u16;
  mtu: u16;
  /** DPDK port of a port interface (8). */
  port: u16;
  /** Node that takes what was received here: its first step, or that of its mode (10). */
  inputNode: u16;
  /** Node that takes an Ethernet frame to be sent here: its first step, or that of its type (12). */
  outputNode: u16;
  /** Interface it is bound to in mode XC, bridge or bond (14). */
  domain: u16;
  /** MAC address in the low 48 bits, first byte lowest (16). */
  mac: u64;
  /** Address that ICMP errors are sent from, network order, zero for none (24). */
  address4: u32;
  /** For sub-interfaces, the interface they are part of and the tag that tells them apart there (28). */
  parent: u16;
  tag: u16;
}

export {
  INTERFACE_ACCESS,
  INTERFACE_CAPTURED,
  INTERFACE_FAR_ENDS,
  INTERFACE_PROMISCUOUS,
  INTERFACE_RUNNING,
  INTERFACE_SNOOPING,
  INTERFACE_TRACED,
  INTERFACE_TX_L4_CKSUM,
  INTERFACE_UP,
} from '../layout';

/** Low 48 bits of a word: a MAC address loaded with its six bytes first. */
export const MAC_MASK: u64 = 0xffffffffffff;

/** @remembered */
export function interfaceAt(id: u32): Interface {
  return changetype<Interface>(INTERFACES + (id << 5));
}
