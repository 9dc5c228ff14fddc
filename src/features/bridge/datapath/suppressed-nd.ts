import { Packet } from '../../../engine/datapath/packet';
import { storeMac } from '../../../net/datapath/arp-header';
import { GROUP_BIT } from '../../../net/datapath/ether-header';
import { IP6_HEADER_BYTES, Ip6Header } from '../../../net/datapath/ip6-header';
import {
  BAD_OPTIONS,
  macOption,
  ND_ADVERTISEMENT,
  ND_BYTES,
  ND_HOP_LIMIT,
  ND_OVERRIDE,
  ND_ROUTER,
  ND_SOLICITATION,
  ND_SOLICITED,
  ND_SOURCE_MAC,
  ND_TARGET_MAC,
  NdMessage,
} from '../../../net/datapath/nd-message';
import { MAC_MASK } from '../../interface/datapath/interface';
import { answersFor } from '../../neighbor/datapath/answer';
import { FAMILY_IP6 } from '../../neighbor/datapath/heard';
import { isMulticast6, messageSum, PROTOCOL_ICMP6 } from '../../neighbor/datapath/nd';
import { ADVERTISEMENT_BYTES, writeAdvertisement } from '../../neighbor/datapath/nd-answer';
import { destinationOf, sourceOf, vlanTagOf } from './bridge-frame';
import { NEIGHBOR_ROUTER, scopeOf } from './bridge-neighbor';
import { ANSWERED, ASKS_US, answerableWith, GOES_ON, isStation, tellNeighbor } from './suppressed';

/** Learns from a message of neighbor discovery whose IPv6 header begins at an offset, and answers it where it asks everybody for somebody we know. */
export function takeNd(packet: Packet, at: u32): u32 {
  const start = at + IP6_HEADER_BYTES;
  if (packet.dataLen < start + ND_BYTES) return GOES_ON;
  const ip = changetype<Ip6Header>(packet.data + at);
  if (ip.version != 6 || ip.nextHeader != PROTOCOL_ICMP6 || ip.hopLimit != ND_HOP_LIMIT) return GOES_ON;
  const bytes = <u32>ip.payloadLength;
  if (bytes < ND_BYTES || start + bytes > packet.dataLen) return GOES_ON;
  const message = changetype<NdMessage>(packet.data + start);
  if (message.type != ND_SOLICITATION && message.type != ND_ADVERTISEMENT) return GOES_ON;
  if (message.code || messageSum(ip, changetype<usize>(message), bytes) != 0xffff) return GOES_ON;
  if (isMulticast6(message.targetLow)) return GOES_ON;
  if (message.type == ND_ADVERTISEMENT) return learn(packet, message, bytes);
  return answer(packet, ip, message, at, bytes);
}

/** An advertisement says who has an address, and whether that is a router: who asks says only the first. */
function learn(packet: Packet, message: NdMessage, bytes: u32): u32 {
  const mac = macOption(changetype<usize>(message), bytes, ND_TARGET_MAC);
  if (mac == BAD_OPTIONS || !isStation(mac)) return GOES_ON;
  const router: u64 = message.flags & ND_ROUTER ? NEIGHBOR_ROUTER : 0;
  const scope = scopeOf(packet.note2, vlanTagOf(packet), FAMILY_IP6);
  tellNeighbor(packet, scope, message.targetLow, message.targetHigh, mac | router);
  return GOES_ON;
}

/** Turns a solicitation into its answer, where somebody asks everybody for a station that we know. */
function answer(packet: Packet, ip: Ip6Header, message: NdMessage, at: u32, bytes: u32): u32 {
  // One without an address asks whether somebody has this one (RFC 4862 5.4): that one has to answer himself.
  if (!ip.sourceLow && !ip.sourceHigh) return GOES_ON;
  if (!(destinationOf(packet) & GROUP_BIT)) return GOES_ON;
  const option = macOption(changetype<usize>(message), bytes, ND_SOURCE_MAC);
  if (option == BAD_OPTIONS) return GOES_ON;
  const asker = option || sourceOf(packet);
  const vlan = vlanTagOf(packet);
  const low = message.targetLow;
  const high = message.targetHigh;
  if (!isStation(asker)) return GOES_ON;
  if (!vlan && answersFor(<u16>packet.note2, FAMILY_IP6, low, high)) return ASKS_US;
  const neighbor = answerableWith(packet, scopeOf(packet.note2, vlan, FAMILY_IP6), vlan, low, high);
  const room = <u32>packet.bufLen - packet.dataOff;
  if (!neighbor || packet.nbSegs != 1 || at + ADVERTISEMENT_BYTES > room) return GOES_ON;
  const mac = neighbor & MAC_MASK;
  const flags: u8 = ND_SOLICITED | ND_OVERRIDE | (neighbor & NEIGHBOR_ROUTER ? ND_ROUTER : 0);
  writeAdvertisement(ip, low, high, ip.sourceLow, ip.sourceHigh, mac, flags);
  storeMac(packet.data, asker);
  storeMac(packet.data + 6, mac);
  packet.cut(at + ADVERTISEMENT_BYTES);
  return ANSWERED;
}
