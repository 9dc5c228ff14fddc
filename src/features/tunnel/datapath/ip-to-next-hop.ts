import { trim } from '../../../engine/datapath/chain';
import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { fold, sumBytes } from '../../../net/datapath/checksum';
import { TYPE_IP4_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { IP4_HEADER_BYTES, Ip4Header } from '../../../net/datapath/ip4-header';
import {
  IP6_HEADER_BYTES,
  Ip6Header,
  isMulticast6,
  isUnroutable6,
  isUnspecified6,
} from '../../../net/datapath/ip6-header';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { nextHopDetailsAt } from '../../neighbor/datapath/next-hop-details';
import { forgetVerdicts } from './inner';
import { lowerTtl4, lowerTtl6 } from './lower-ttl';

export enum Edge {
  DROP_IP4_TRUNCATED,
  DROP_IP4_BAD_HEADER,
  DROP_IP4_BAD_CHECKSUM,
  DROP_IP4_BAD_LENGTH,
  DROP_IP4_MARTIAN_SOURCE,
  DROP_IP4_MARTIAN_DESTINATION,
  DROP_IP6_TRUNCATED,
  DROP_IP6_BAD_LENGTH,
  DROP_IP6_MARTIAN_SOURCE,
  DROP_IP6_MARTIAN_DESTINATION,
}

/**
 * Gives an IP packet that has come out of a tunnel, or from behind the last label, straight to the packet's next hop,
 * without a lookup. Its version is known to be 4 or 6; its header is checked as that of a packet from a link is. How much
 * time to live the tunnel has left it is in `note`.
 *
 * @table next-hop-input
 */
export function ipToNextHop(packet: Packet): u32 {
  const is4 = load<u8>(packet.data) >> 4 == 4;
  const nextHop = nextHopAt(packet.nextHop);
  const fault = is4 ? faultIn4(packet) : faultIn6(packet);
  if (fault != NO_FAULT) return fault;
  forgetVerdicts(packet);
  const vrf = nextHopDetailsAt(packet.nextHop).vrf;
  if (vrf) packet.vrf = vrf;
  if (is4) {
    lowerTtl4(changetype<Ip4Header>(packet.data), packet.note);
    packet.etherType = TYPE_IP4_RAW;
    return NODE_BIT | nextHop.node4;
  }
  lowerTtl6(changetype<Ip6Header>(packet.data), packet.note);
  packet.etherType = TYPE_IP6_RAW;
  return NODE_BIT | nextHop.node6;
}

/** No edge: what is checked is right. */
const NO_FAULT: u32 = 0xffff;

/** Checks an IPv4 header (RFC 1812 5.2.2), and takes padding off. */
function faultIn4(packet: Packet): u32 {
  if (packet.dataLen < <u16>IP4_HEADER_BYTES) return Edge.DROP_IP4_TRUNCATED;
  const header = changetype<Ip4Header>(packet.data);
  const headerBytes = header.headerBytes;
  if (headerBytes < IP4_HEADER_BYTES) return Edge.DROP_IP4_BAD_HEADER;
  if (headerBytes > packet.dataLen) return Edge.DROP_IP4_TRUNCATED;
  if (fold(sumBytes(packet.data, headerBytes)) != 0xffff) return Edge.DROP_IP4_BAD_CHECKSUM;
  const length = header.totalLength;
  if (length < headerBytes || length > packet.pktLen) return Edge.DROP_IP4_BAD_LENGTH;
  if (isMartian4(header.source >> 24)) return Edge.DROP_IP4_MARTIAN_SOURCE;
  if (isMartian4(header.destination >> 24)) return Edge.DROP_IP4_MARTIAN_DESTINATION;
  if (length < packet.pktLen) trim(packet, length);
  return NO_FAULT;
}

/** Of network 0, loopback, a group or class E: no station, by the first byte. */
function isMartian4(first: u32): bool {
  return first == 0 || first == 127 || first >= 224;
}

/** Checks an IPv6 header, and takes padding off. */
function faultIn6(packet: Packet): u32 {
  if (packet.dataLen < <u16>IP6_HEADER_BYTES) return Edge.DROP_IP6_TRUNCATED;
  const header = changetype<Ip6Header>(packet.data);
  const length = IP6_HEADER_BYTES + header.payloadLength;
  if (length > packet.pktLen) return Edge.DROP_IP6_BAD_LENGTH;
  if (isMartian6(header.sourceLow, header.sourceHigh)) return Edge.DROP_IP6_MARTIAN_SOURCE;
  if (isMartian6(header.destinationLow, header.destinationHigh)) return Edge.DROP_IP6_MARTIAN_DESTINATION;
  if (length < packet.pktLen) trim(packet, length);
  return NO_FAULT;
}

function isMartian6(low: u64, high: u64): bool {
  return isMulticast6(low) || isUnroutable6(low, high) || isUnspecified6(low, high);
}
