import { Packet } from '../../../engine/datapath/packet';
import { SRV6_ENCAPS } from '../../../engine/datapath/regions';
import { IP6_PLAIN_RAW, Ip6Header } from '../../../net/datapath/ip6-header';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { MAX_SRV6_ENCAPS } from '../layout';

/**
 * What a next hop puts round packets: 320 bytes. The control thread writes it before a next hop leads to it, and never
 * after.
 *
 *   0 bytes vrf protocolAt · │ 8 spare │ 16 the outer headers, as they go in front of a packet (up to 304 bytes)
 */
@unmanaged
export class Srv6Encap {
  /** How long the outer headers are; zero while they have no source address. */
  bytes: u16;
  /** VRF of the underlay. */
  vrf: u16;
  /** Where in them the protocol of the packet inside stands. */
  protocolAt: u16;
  spare: u16;
  spare2: u64;
}

const RECORD_BYTES: usize = 320;

/** Record of the next hop of a packet; the empty one where that is another kind. @inline */
export function srv6EncapOf(packet: Packet): Srv6Encap {
  const record = nextHopAt(packet.nextHop).record;
  return srv6EncapAt(record < MAX_SRV6_ENCAPS ? record : 0);
}

/** @inline */
export function srv6EncapAt(record: u32): Srv6Encap {
  return changetype<Srv6Encap>(SRV6_ENCAPS + <usize>record * RECORD_BYTES);
}

/** Where its outer headers lie. @inline */
export function headersOf(encap: Srv6Encap): usize {
  return changetype<usize>(encap) + offsetof<Srv6Encap>();
}

/** Where the first segment lies, to which packets go. @inline */
export function firstSegmentOf(encap: Srv6Encap): usize {
  return headersOf(encap) + offsetof<Ip6Header>('destinationLow');
}

/**
 * Writes the outer headers where a packet begins that has room for them there: its length, its class of traffic, a hash of
 * its flow as the label (RFC 8986 5.1, RFC 6438), and which protocol is inside. @inline
 */
export function putHeaders(packet: Packet, encap: Srv6Encap, protocol: u32, tos: u32, hash: u32): void {
  const from = headersOf(encap);
  const header = packet.data;
  const bytes: usize = encap.bytes;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(header + at, v128.load(from + at));
  if (at < bytes) store<u64>(header + at, load<u64>(from + at)); // they are whole words of 8 bytes
  const words = changetype<Ip6Header>(header);
  words.versionClassFlowRaw = IP6_PLAIN_RAW | (tos >> 4) | ((tos & 15) << 12) | bswap<u32>(hash & 0xfffff);
  words.payloadLengthRaw = bswap<u16>(<u16>(packet.pktLen - offsetof<Ip6Header>()));
  store<u8>(header + encap.protocolAt, <u8>protocol);
}
