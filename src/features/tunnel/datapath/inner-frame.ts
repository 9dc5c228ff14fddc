import { Packet } from '../../../engine/datapath/packet';
import { TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { IP4_HEADER_BYTES, Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_HEADER_BYTES } from '../../../net/datapath/ip6-header';
import { flowHash4, flowHash6, hashWords } from '../../ip/datapath/ip-flow-hash';
import { findIp, finishFrameChecksum, L4_CKSUM_SUSPECT } from '../../port/datapath/l4-checksum';

// What a tunnel takes from the packet that it carries, and what it hands on to it.

/**
 * Where a frame's IP header lies, behind up to two VLAN tags, all of it in the first segment; zero when it has none, or
 * one of another version than the frame's type says.
 */
export function frameIp(packet: Packet): u32 {
  const at = findIp(packet);
  if (!at || at >= packet.dataLen) return 0;
  const isIp4 = load<u16>(packet.data + at - 2) == TYPE_IP4_RAW;
  const version: u32 = load<u8>(packet.data + at) >> 4;
  if (version != <u32>(isIp4 ? 4 : 6)) return 0;
  return at + (isIp4 ? IP4_HEADER_BYTES : IP6_HEADER_BYTES) <= packet.dataLen ? at : 0;
}

/** Hash of a frame's flow, whose IP header lies at `ip`: of its addresses and type where it has none. */
export function frameHash(packet: Packet, ip: u32): u32 {
  if (!ip) return hashWords(load<u64>(packet.data), load<u64>(packet.data, 6));
  packet.strip(ip);
  const hash = load<u8>(packet.data) >> 4 == 4 ? flowHash4(packet) : flowHash6(packet);
  packet.prepend(ip);
  return hash;
}

/** The class of traffic of an IP packet, and what it says of congestion: DSCP and ECN (RFC 2474, RFC 3168). */
export function tosOf(ip: usize): u32 {
  const first: u32 = load<u8>(ip);
  const second: u32 = load<u8>(ip, 1);
  return first >> 4 == 4 ? second : ((first & 15) << 4) | (second >> 4);
}

/** Finishes what a sender has left to hardware of a frame, before something is put in front of it. */
export function finishFrame(packet: Packet): void {
  if (packet.olFlags & L4_CKSUM_SUSPECT) finishFrameChecksum(packet, false);
}

/** Values of the two bits of ECN (RFC 3168 5). */
const NOT_CAPABLE: u32 = 0;
const CAPABLE1: u32 = 1;
const CAPABLE0: u32 = 2;
const CONGESTED: u32 = 3;

/**
 * Takes over into an IP header what the outer one said of congestion (RFC 6040 4.2); false where the packet is to be
 * dropped, since its sender would not understand.
 */
export function mergeCongestion(ip: usize, outerTos: u32): bool {
  const outer = outerTos & 3;
  const inner = tosOf(ip) & 3;
  if (inner == NOT_CAPABLE) return outer != CONGESTED;
  const isNews = outer == CONGESTED || (outer == CAPABLE1 && inner == CAPABLE0);
  if (isNews && inner != CONGESTED) setCongestion(ip, outer);
  return true;
}

function setCongestion(ip: usize, ecn: u32): void {
  if (load<u8>(ip) >> 4 == 6) {
    const second: u32 = load<u8>(ip, 1);
    store<u8>(ip, <u8>((second & ~0x30) | (ecn << 4)), 1);
    return;
  }
  const header = changetype<Ip4Header>(ip);
  header.changeDscpEcn((header.dscpEcn & ~3) | ecn);
}
