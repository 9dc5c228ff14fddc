import { Packet } from '../../../engine/datapath/packet';
import { storeMac } from '../../../net/datapath/arp-header';
import { ETHER_HEADER_BYTES, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { IP6_HEADER_BYTES, IP6_PLAIN_RAW, Ip6Header } from '../../../net/datapath/ip6-header';
import {
  ND_ADVERTISEMENT,
  ND_BYTES,
  ND_HOP_LIMIT,
  ND_OVERRIDE,
  ND_ROUTER,
  ND_SOLICITED,
  ND_TARGET_MAC,
  NdMessage,
} from '../../../net/datapath/nd-message';
import { messageOf, messageSum, PROTOCOL_ICMP6 } from './nd';

const MESSAGE_BYTES: u32 = ND_BYTES + 8;
/** Bytes of an advertisement with its IPv6 header. */
export const ADVERTISEMENT_BYTES: u32 = IP6_HEADER_BYTES + MESSAGE_BYTES;
const FRAME_BYTES: u32 = ETHER_HEADER_BYTES + ADVERTISEMENT_BYTES;

/** ff02::1, all nodes of the link, and its MAC address (RFC 4291 2.7.1, RFC 2464 7). */
const ALL_NODES_LOW: u64 = 0x02ff;
const ALL_NODES_HIGH: u64 = (1 as u64) << 56;
const ALL_NODES_MAC: u64 = 0x010000003333;

/** Tells whether a solicitation's buffer can take its answer: it is one segment with room for an Ethernet header in front. */
export function hasRoomForAnswer(packet: Packet): bool {
  if (packet.nbSegs != 1 || packet.dataOff < <u16>ETHER_HEADER_BYTES) return false;
  return packet.dataOff - ETHER_HEADER_BYTES + FRAME_BYTES <= packet.bufLen;
}

/**
 * Writes the advertisement that answers a solicitation over it, as a finished frame (RFC 4861 7.2.4): to `asker`,
 * or to all nodes where the asker has no address yet. We are a router, and the address is our own: R and O are set.
 */
export function writeAnswer(packet: Packet, asker: u64, own: u64): void {
  const asked = changetype<NdMessage>(messageOf(packet));
  const targetLow = asked.targetLow;
  const targetHigh = asked.targetHigh;
  const header = changetype<Ip6Header>(packet.data);
  const anonymous = !header.sourceLow && !header.sourceHigh;
  const toLow = anonymous ? ALL_NODES_LOW : header.sourceLow;
  const toHigh = anonymous ? ALL_NODES_HIGH : header.sourceHigh;
  const frame = changetype<usize>(header) - ETHER_HEADER_BYTES;
  packet.dataOff -= <u16>ETHER_HEADER_BYTES;
  packet.dataLen = <u16>FRAME_BYTES;
  packet.pktLen = FRAME_BYTES;
  packet.output = packet.iface;
  writeEther(frame, anonymous ? ALL_NODES_MAC : asker, own);
  const flags = ND_ROUTER | ND_OVERRIDE | (anonymous ? 0 : ND_SOLICITED);
  writeAdvertisement(header, targetLow, targetHigh, toLow, toHigh, own, flags);
}

/** Writes an advertisement with its IPv6 header, which says that `mac` has the target's address. */
export function writeAdvertisement(
  header: Ip6Header,
  targetLow: u64,
  targetHigh: u64,
  toLow: u64,
  toHigh: u64,
  mac: u64,
  flags: u8,
): void {
  writeIp6(header, targetLow, targetHigh, toLow, toHigh);
  const message = changetype<NdMessage>(changetype<usize>(header) + IP6_HEADER_BYTES);
  message.type = ND_ADVERTISEMENT;
  message.code = 0;
  message.checksumRaw = 0;
  message.flags = flags;
  message.reserved1 = 0;
  message.reserved2 = 0;
  message.targetLow = targetLow;
  message.targetHigh = targetHigh;
  const option = changetype<usize>(message) + ND_BYTES;
  store<u8>(option, ND_TARGET_MAC);
  store<u8>(option, 1, 1);
  storeMac(option + 2, mac);
  message.checksumRaw = ~(<u16>messageSum(header, changetype<usize>(message), MESSAGE_BYTES));
}

function writeEther(frame: usize, destination: u64, source: u64): void {
  storeMac(frame, destination);
  storeMac(frame + 6, source);
  store<u16>(frame, TYPE_IP6_RAW, 12);
}

function writeIp6(header: Ip6Header, fromLow: u64, fromHigh: u64, toLow: u64, toHigh: u64): void {
  header.versionClassFlowRaw = IP6_PLAIN_RAW;
  header.payloadLengthRaw = bswap<u16>(<u16>MESSAGE_BYTES);
  header.nextHeader = PROTOCOL_ICMP6;
  header.hopLimit = ND_HOP_LIMIT;
  header.sourceLow = fromLow;
  header.sourceHigh = fromHigh;
  header.destinationLow = toLow;
  header.destinationHigh = toHigh;
}
