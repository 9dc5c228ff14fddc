import { sumPacket, trim } from '../../../engine/datapath/chain';
import { Packet } from '../../../engine/datapath/packet';
import { UDP_PORTS } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';
import { fold, sumBytes } from '../../../net/datapath/checksum';
import { TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { Ip6Header } from '../../../net/datapath/ip6-header';
import { loadU16 } from '../../../net/datapath/network-order';
import { toHostOr } from '../../ip/datapath/protocols';
import { isUnfinished } from '../../port/datapath/l4-checksum';

export enum Edge {
  /** The datagram is shorter than a UDP header. */
  DROP_UDP_TRUNCATED,
  /** The UDP header's length is less than its own, or more than the packet holds. */
  DROP_UDP_BAD_LENGTH,
  /** The UDP checksum does not hold. */
  DROP_UDP_BAD_CHECKSUM,
  /** Nobody here takes the port, and there is no host. */
  DROP_UDP_NO_HOST,
}

const UDP_HEADER_BYTES: u32 = 8;

/**
 * Gives a datagram for us to whoever takes its port, still with its IP header and with the distance from that to the
 * UDP payload in `note`, and nothing behind that payload; to the host where nobody does. A checksum of zero is none,
 * over IPv6 too (RFC 6935 5), and one that a sender on this machine has left to its port is not there yet.
 *
 * @table udp-ports
 */
export function udpInput(packet: Packet): u32 {
  const is4 = packet.etherType == TYPE_IP4_RAW;
  const at = is4 ? changetype<Ip4Header>(packet.data).headerBytes : packet.note;
  if (at + UDP_HEADER_BYTES > packet.dataLen) return Edge.DROP_UDP_TRUNCATED;
  const udp = packet.data + at;
  const node = load<u16>(UDP_PORTS + ((<usize>load<u16>(udp, 2)) << 1));
  if (!node) return toHostOr(is4, Edge.DROP_UDP_NO_HOST);
  const bytes = loadU16(udp + 4);
  if (load<u16>(udp, 6) || at + bytes != packet.pktLen) return takeCarefully(packet, at, node);
  packet.note = at + UDP_HEADER_BYTES;
  return NODE_BIT | node;
}

/** Takes a datagram that has a checksum, or is not as long as its packet. */
function takeCarefully(packet: Packet, at: u32, node: u32): u32 {
  const bytes = loadU16(packet.data + at + 4);
  if (bytes < UDP_HEADER_BYTES || at + bytes > packet.pktLen) return Edge.DROP_UDP_BAD_LENGTH;
  if (!holds(packet, at, bytes)) return Edge.DROP_UDP_BAD_CHECKSUM;
  if (at + bytes < packet.pktLen) trim(packet, at + bytes);
  packet.note = at + UDP_HEADER_BYTES;
  return NODE_BIT | node;
}

/** Tells whether a datagram's checksum is right (RFC 768, RFC 8200 8.1). */
function holds(packet: Packet, at: u32, bytes: u32): bool {
  const header = packet.data;
  if (!load<u16>(header + at, 6) || isUnfinished(packet)) return true;
  const addresses =
    packet.etherType == TYPE_IP4_RAW
      ? sumBytes(header + offsetof<Ip4Header>('sourceRaw'), 8)
      : sumBytes(header + offsetof<Ip6Header>('sourceLow'), 32);
  const pseudo = addresses + bswap<u16>(<u16>PROTOCOL_UDP) + bswap<u16>(<u16>bytes);
  return fold(pseudo + sumPacket(packet, at, bytes)) == 0xffff;
}
