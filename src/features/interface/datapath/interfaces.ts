import { interfaceAt } from './interface';

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

/** Sets an interface's flags alone. */
export function setInterfaceFlags(id: u32, flags: u32): void {
  interfaceAt(id).flags = flags;
}

/** Sets an interface's MAC address from its first four and last two bytes, network order. */
export function setInterfaceMac(id: u32, firstFour: u32, lastTwo: u32): void {
  interfaceAt(id).mac = (<u64>bswap(firstFour)) | ((<u64>bswap(<u16>lastTwo)) << 32);
}
