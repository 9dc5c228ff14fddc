import { sumPacket } from '../../../engine/datapath/chain';
import { Packet } from '../../../engine/datapath/packet';
import { fold, sumBytes } from '../../../net/datapath/checksum';
import { PROTOCOL_ICMP6 } from '../../../net/datapath/ip-protocols';
import { Ip6Header } from '../../../net/datapath/ip6-header';

/** Sum of an ICMPv6 message, which starts `offset` bytes into a packet, and its pseudo header: 0xffff when it is right. */
export function icmp6Sum(packet: Packet, offset: u32): u32 {
  const bytes = packet.pktLen - offset;
  const addresses = sumBytes(changetype<Ip6Header>(packet.data).source, 32);
  return fold(addresses + bswap(bytes) + bswap(PROTOCOL_ICMP6) + sumPacket(packet, offset, bytes));
}
