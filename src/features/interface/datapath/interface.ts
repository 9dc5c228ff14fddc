import { INTERFACES } from '../../../engine/datapath/regions';

/** An interface as packets see it: 128 bytes, written by the control thread. */
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
  /** Global or else link-local IPv6 address for ICMPv6 errors, all zero for none (32). */
  address6Low: u64;
  address6High: u64;
  /** Link-local IPv6 address, all zero for none (48). */
  linkLocalLow: u64;
  linkLocalHigh: u64;
  /** Next hop that stands for all stations of its link: where packets to link-local addresses go; zero for none (64). */
  linkNextHop: u32;
  /** Not used (68). */
  reserved: u32;
  /** Nodes that follow each place of a step, INTERFACE_PLACES × u16, the first place lowest (72). */
  inputAfter: u64;
  outputAfter: u64;
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

/** The node that takes what an interface has received when the step at a place has looked at it. @inline */
export function nodeAfterInput(id: u32, place: u32): u32 {
  return <u32>load<u16>(changetype<usize>(interfaceAt(id)) + (place << 1), offsetof<Interface>('inputAfter'));
}

/** The node that takes a frame to be sent by an interface when the step at a place has looked at it. @inline */
export function nodeAfterOutput(id: u32, place: u32): u32 {
  return <u32>(
    load<u16>(changetype<usize>(interfaceAt(id)) + (place << 1), offsetof<Interface>('outputAfter'))
  );
}

/** @remembered */
export function interfaceAt(id: u32): Interface {
  return changetype<Interface>(INTERFACES + (id << 7));
}
