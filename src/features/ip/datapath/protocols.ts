import { ICMP6_TYPES, IP_PROTOCOLS } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';

// Who takes what is for us. Protocol 0 is never one of a packet's own, so its entry holds the node that takes
// what nobody else does: the host behind the representors, or none. That of protocol 44, the fragment header of IPv6,
// takes fragments of both families.

const FAMILY6: usize = 512;

/** Node for a protocol of an IPv4 packet for us; zero when nobody takes it, not even the host. @inline */
export function protocolNode4(protocol: u32): u32 {
  const node = load<u16>(IP_PROTOCOLS + ((<usize>protocol) << 1));
  return node ? node : fallback4();
}

/** Node for an upper-layer protocol of an IPv6 packet for us; zero when nobody takes it, not even the host. @inline */
export function protocolNode6(protocol: u32): u32 {
  const node = load<u16>(IP_PROTOCOLS + FAMILY6 + ((<usize>protocol) << 1));
  return node ? node : fallback6();
}

/** Node that takes an ICMPv6 type; zero for none. @inline */
export function icmp6Node(type: u32): u32 {
  return load<u16>(ICMP6_TYPES + ((<usize>type) << 1));
}

/** @inline */
export function fallback4(): u32 {
  return load<u16>(IP_PROTOCOLS);
}

/** @inline */
export function fallback6(): u32 {
  return load<u16>(IP_PROTOCOLS + FAMILY6);
}

/** The edge to the host, for what nobody else takes; another edge where there is no host. */
export function toHostOr(is4: bool, edge: u32): u32 {
  const host = is4 ? fallback4() : fallback6();
  return host ? NODE_BIT | host : edge;
}

/** Lets a node take a protocol's IPv4 packets for us; zero gives them back to the fallback, which is protocol 0. */
export function setProtocolNode4(protocol: u32, node: u32): void {
  store<u16>(IP_PROTOCOLS + ((<usize>protocol) << 1), <u16>node);
}

/** Lets a node take a protocol's IPv6 packets for us; zero gives them back to the fallback, which is protocol 0. */
export function setProtocolNode6(protocol: u32, node: u32): void {
  store<u16>(IP_PROTOCOLS + FAMILY6 + ((<usize>protocol) << 1), <u16>node);
}

/** Lets a node take the ICMPv6 messages of a type; zero gives them back to icmp6-local. */
export function setIcmp6Node(type: u32, node: u32): void {
  store<u16>(ICMP6_TYPES + ((<usize>type) << 1), <u16>node);
}
