import { trim } from '../../../engine/datapath/chain';
import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import {
  IP6_HEADER_BYTES,
  Ip6Header,
  isLinkLocal6,
  isMulticast6,
  isUnroutable6,
  isUnspecified6,
} from '../../../net/datapath/ip6-header';
import { isOwnLinkLocal } from './link-local';
import { route6 } from './route';

export enum Edge {
  IP6_MULTICAST,
  IP6_LOCAL,
  /** The packet is shorter than an IPv6 header. */
  DROP_IP6_TRUNCATED,
  /** The header's version is not 6. */
  DROP_IP6_BAD_HEADER,
  /** The payload length is more than arrived. */
  DROP_IP6_BAD_LENGTH,
  /** The source is no address that a station can have: a group, loopback, IPv4-mapped, or none (RFC 4291 2.5, 2.7). */
  DROP_IP6_MARTIAN_SOURCE,
  /** The destination may not be seen on a wire: loopback, IPv4-mapped or none (RFC 4291 2.5). */
  DROP_IP6_MARTIAN_DESTINATION,
  /** To a link-local address that is not ours on this link: never forwarded (RFC 4291 2.5.6). */
  DROP_IP6_LINK_LOCAL_DESTINATION,
}

/**
 * Checks an IPv6 header, takes padding off, and looks up where the packet goes.
 *
 * @table next-hop-input
 */
export function ip6Input(packet: Packet): u32 {
  if (packet.dataLen < <u16>IP6_HEADER_BYTES) return Edge.DROP_IP6_TRUNCATED;
  const header = changetype<Ip6Header>(packet.data);
  if (header.version != 6) return Edge.DROP_IP6_BAD_HEADER;
  const length = IP6_HEADER_BYTES + header.payloadLength;
  if (length != packet.pktLen) {
    if (length > packet.pktLen) return Edge.DROP_IP6_BAD_LENGTH;
    if (packet.nbSegs > 1) return takePadded(packet, header, length);
    packet.cut(length);
  }
  if (isSpecial(header.sourceLow) || isSpecial(header.destinationLow)) return sortSpecial(packet, header);
  return NODE_BIT | route6(packet, header.destination);
}

function takePadded(packet: Packet, header: Ip6Header, length: u32): u32 {
  trim(packet, length);
  if (isSpecial(header.sourceLow) || isSpecial(header.destinationLow)) return sortSpecial(packet, header);
  return NODE_BIT | route6(packet, header.destination);
}

/** Addresses that begin with the bytes 0, 0xfe or 0xff: all that are not plain unicast ones, and a few that are. @inline */
function isSpecial(low: u64): bool {
  return <u8>(<u8>low + 2) <= 2;
}

/** Tells martians, groups and link-local addresses from each other. A station without an address may call a group. */
function sortSpecial(packet: Packet, header: Ip6Header): u32 {
  if (isMulticast6(header.sourceLow) || isUnroutable6(header.sourceLow, header.sourceHigh)) {
    return Edge.DROP_IP6_MARTIAN_SOURCE;
  }
  if (isMulticast6(header.destinationLow)) return Edge.IP6_MULTICAST;
  if (isUnspecified6(header.sourceLow, header.sourceHigh)) return Edge.DROP_IP6_MARTIAN_SOURCE;
  if (isUnroutable6(header.destinationLow, header.destinationHigh)) return Edge.DROP_IP6_MARTIAN_DESTINATION;
  if (isUnspecified6(header.destinationLow, header.destinationHigh)) return Edge.DROP_IP6_MARTIAN_DESTINATION;
  if (!isLinkLocal6(header.destinationLow)) return NODE_BIT | route6(packet, header.destination);
  if (!isOwnLinkLocal(packet.iface, header.destinationLow, header.destinationHigh)) {
    return Edge.DROP_IP6_LINK_LOCAL_DESTINATION;
  }
  packet.nextHop = 0;
  return Edge.IP6_LOCAL;
}
