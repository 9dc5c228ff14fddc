import { interfaceAt } from './interface';
import { interfaceRestAt } from './interface-rest';

/** Writes an interface's record but for its MAC address; zero flags take it out of use. */
export function setInterface(
  id: u32,
  flags: u32,
  vrf: u32,
  mtu: u32,
  port: u32,
  inputNode: u32,
  outputNode: u32,
  domain: u32,
): void {
  const iface = interfaceAt(id);
  iface.vrf = <u16>vrf;
  iface.mtu = <u16>mtu;
  iface.port = <u16>port;
  iface.inputNode = <u16>inputNode;
  iface.outputNode = <u16>outputNode;
  iface.domain = <u16>domain;
  iface.flags = flags;
}

/** Sets the nodes that follow each place of an interface's steps, INTERFACE_PLACES × u16 each, the first place lowest. */
export function setInterfaceSteps(id: u32, inputAfter: u64, outputAfter: u64): void {
  const rest = interfaceRestAt(id);
  rest.inputAfter = inputAfter;
  rest.outputAfter = outputAfter;
}

/** Sets an interface's flags alone. */
export function setInterfaceFlags(id: u32, flags: u32): void {
  interfaceAt(id).flags = flags;
}

/** Sets an interface's MAC address from its first four and last two bytes, network order. */
export function setInterfaceMac(id: u32, firstFour: u32, lastTwo: u32): void {
  interfaceAt(id).mac = <u64>bswap(firstFour) | ((<u64>bswap(<u16>lastTwo)) << 32);
}

/** Sets which interface a sub-interface is part of, and its tag there. */
export function setInterfaceParent(id: u32, parent: u32, tag: u32): void {
  const iface = interfaceAt(id);
  iface.parent = <u16>parent;
  iface.tag = <u16>tag;
}

/** Sets the addresses that ICMP errors of an interface are sent from, as they lie on the wire; zero for none. */
export function setInterfaceSources(
  id: u32,
  address4: u32,
  address6Low: u64,
  address6High: u64,
  linkLocalLow: u64,
  linkLocalHigh: u64,
): void {
  interfaceAt(id).address4 = address4;
  const rest = interfaceRestAt(id);
  rest.address6Low = address6Low;
  rest.address6High = address6High;
  rest.linkLocalLow = linkLocalLow;
  rest.linkLocalHigh = linkLocalHigh;
}
