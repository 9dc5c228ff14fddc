import { Packet } from '../../../engine/datapath/packet';
import { fold, sumBytes } from '../../../net/datapath/checksum';
import { IP6_HEADER_BYTES, IP6_MULTICAST_BYTE, Ip6Header } from '../../../net/datapath/ip6-header';

// What both messages of neighbor discovery have in common (RFC 4861 7.1). Their stages get a packet whose data is
// the IPv6 header, with the number of bytes from there to the ICMPv6 header in `note`.

/** Where the ICMPv6 header is. @inline */
export function messageOf(packet: Packet): usize {
  return packet.data + packet.note;
}

/** Bytes of the ICMPv6 message, as the IPv6 header tells; zero when they have not all arrived in one buffer. */
export function messageBytes(packet: Packet): u32 {
  const end = IP6_HEADER_BYTES + changetype<Ip6Header>(packet.data).payloadLength;
  return end > packet.note && end <= packet.dataLen ? end - packet.note : 0;
}

/** Sum of an ICMPv6 message and its pseudo header (RFC 8200 8.1): 0xffff when its checksum is right. */
export function messageSum(ip: Ip6Header, message: usize, bytes: u32): u32 {
  const addresses = sumBytes(changetype<usize>(ip) + 8, 32);
  const lengthAndProtocol: u64 = <u64>bswap<u16>(<u16>bytes) + ((<u64>PROTOCOL_ICMP6) << 8);
  return fold(addresses + lengthAndProtocol + sumBytes(message, bytes));
}

/** Tells whether an address whose first word this is is a multicast one. @inline */
export function isMulticast6(low: u64): bool {
  return (low & 0xff) == IP6_MULTICAST_BYTE;
}

/** Tells whether a MAC address can be a station's. @inline */
export function isStation(mac: u64): bool {
  return mac != 0 && !(mac & 1);
}

export const PROTOCOL_ICMP6: u8 = 58;
