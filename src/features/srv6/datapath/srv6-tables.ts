import { MAX_SEGMENTS } from '../layout';
import { headersOf, srv6EncapAt } from './srv6-encap';
import { sidAt } from './srv6-sid';

// The control thread's side of what segment routing reads. A record is written while no next hop leads to it.

/** Most bytes of outer headers: IPv6, the fixed part of a routing header, and its segments. */
const MOST_BYTES: u32 = 40 + 8 + MAX_SEGMENTS * 16;

/** Sets what a next hop puts round packets; the outer headers follow by `setSrv6Header`. */
export function setSrv6Encap(record: u32, bytes: u32, vrf: u32, protocolAt: u32): void {
  const encap = srv6EncapAt(record);
  encap.bytes = <u16>min(bytes, MOST_BYTES);
  encap.vrf = <u16>vrf;
  encap.protocolAt = <u16>protocolAt;
}

/** Sets 8 bytes of the outer headers, as they lie. */
export function setSrv6Header(record: u32, at: u32, word: u64): void {
  if (at + 8 <= MOST_BYTES) store<u64>(headersOf(srv6EncapAt(record)) + at, word);
}

/** Sets what a SID does; zero for nothing. */
export function setSrv6Sid(
  record: u32,
  behavior: u32,
  flavors: u32,
  blockBits: u32,
  csidBits: u32,
  vrf: u32,
  vrfInterface: u32,
  nextHop: u32,
): void {
  const sid = sidAt(record);
  sid.behavior = <u8>behavior;
  sid.flavors = <u8>flavors;
  sid.blockBits = <u8>blockBits;
  sid.csidBits = <u8>csidBits;
  sid.vrf = <u16>vrf;
  sid.vrfInterface = <u16>vrfInterface;
  sid.nextHop = nextHop;
}
