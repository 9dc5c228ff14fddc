import { INTERFACE_RESTS } from '../../../engine/datapath/regions';

/** What few packets need of an interface: 64 bytes, written by the control thread. */
@unmanaged
export class InterfaceRest {
  /** Global or else link-local IPv6 address for ICMPv6 errors, all zero for none. */
  address6Low: u64;
  address6High: u64;
  /** Link-local IPv6 address, all zero for none (16). */
  linkLocalLow: u64;
  linkLocalHigh: u64;
  /** Nodes that follow each place of a step, INTERFACE_PLACES × u16, the first place lowest (32). */
  inputAfter: u64;
  outputAfter: u64;
  /** Next hop that stands for all stations of its link: where packets to link-local addresses go; zero for none (48). */
  linkNextHop: u32;
}

/** The node that takes what an interface has received when the step at a place has looked at it. @inline */
export function nodeAfterInput(id: u32, place: u32): u32 {
  return nodeAt(interfaceRestAt(id), place, offsetof<InterfaceRest>('inputAfter'));
}

/** The node that takes a frame to be sent by an interface when the step at a place has looked at it. @inline */
export function nodeAfterOutput(id: u32, place: u32): u32 {
  return nodeAt(interfaceRestAt(id), place, offsetof<InterfaceRest>('outputAfter'));
}

/** @remembered */
export function interfaceRestAt(id: u32): InterfaceRest {
  return changetype<InterfaceRest>(INTERFACE_RESTS + (id << 6));
}

/** @inline */
function nodeAt(rest: InterfaceRest, place: u32, nodes: usize): u32 {
  return <u32>load<u16>(changetype<usize>(rest) + nodes + ((<usize>place) << 1));
}
