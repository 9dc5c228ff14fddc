import { Packet } from '../../../engine/datapath/packet';
import { behindTags, TYPE_IP4_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_FRAGMENT } from '../../../net/datapath/ip-protocols';
import { IP4_HEADER_BYTES, Ip4Header } from '../../../net/datapath/ip4-header';
import { extensionBytes, IP6_FRAGMENT_OFFSET_RAW, isExtension } from '../../../net/datapath/ip6-extensions';
import { IP6_HEADER_BYTES, Ip6Header } from '../../../net/datapath/ip6-header';
import { Key } from './key';
import { readPorts } from './read-ports';
import { FAMILY_IP4, FAMILY_IP6 } from './rules';

/** What a frame may be besides IPv4 and IPv6: another protocol, or one whose headers cannot be read. */
export const NOT_IP: u32 = 2;
export const UNREADABLE: u32 = 3;

/** Reads what rules look at of a frame; returns its family, NOT_IP or UNREADABLE. */
export function readKey(packet: Packet, key: Key): u32 {
  const frame = packet.data;
  const bytes: u32 = packet.dataLen;
  const at = behindTags(frame, bytes);
  if (!at) return UNREADABLE;
  const type = load<u16>(frame + at - 2);
  if (type == TYPE_IP4_RAW) return readIp4(frame + at, bytes - at, key);
  if (type == TYPE_IP6_RAW) return readIp6(frame + at, bytes - at, key);
  return NOT_IP;
}

function readIp4(at: usize, bytes: u32, key: Key): u32 {
  const header = changetype<Ip4Header>(at);
  if (bytes < IP4_HEADER_BYTES || header.versionIhl >> 4 != 4) return UNREADABLE;
  const headerBytes = header.headerBytes;
  const length = min(bytes, header.totalLength);
  if (headerBytes < IP4_HEADER_BYTES || headerBytes > length) return UNREADABLE;
  v128.store(changetype<usize>(key), i32x4(header.destination, 0, 0, 0));
  v128.store(changetype<usize>(key), i32x4(header.source, 0, 0, 0), 16);
  key.protocol = header.protocol;
  key.dscp = header.dscpEcn >> 2;
  const read = readPorts(key, at + headerBytes, length - headerBytes, header.fragmentOffset);
  return read ? FAMILY_IP4 : UNREADABLE;
}

function readIp6(at: usize, bytes: u32, key: Key): u32 {
  const header = changetype<Ip6Header>(at);
  if (bytes < IP6_HEADER_BYTES || header.version != 6) return UNREADABLE;
  v128.store(changetype<usize>(key), wordsOf(header.destination));
  v128.store(changetype<usize>(key), wordsOf(header.source), 16);
  key.hopLimit = header.hopLimit;
  key.dscp = (bswap(header.versionClassFlowRaw) >> 22) & 63;
  return readUpper6(header, min(bytes, IP6_HEADER_BYTES + header.payloadLength), key);
}

/** An address's four words as numbers. @inline */
function wordsOf(address: usize): v128 {
  const raw = v128.load(address);
  return v128.shuffle<u8>(raw, raw, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Looks behind the extension headers (RFC 8200 4), of which each takes eight bytes or more. */
function readUpper6(header: Ip6Header, bytes: u32, key: Key): u32 {
  const base = changetype<usize>(header);
  let protocol: u32 = header.nextHeader;
  let at = IP6_HEADER_BYTES;
  let fragmentOffset: u32 = 0;
  while (isExtension(protocol) && !fragmentOffset) {
    if (at + 8 > bytes) return UNREADABLE;
    if (protocol == PROTOCOL_FRAGMENT)
      fragmentOffset = bswap<u16>(load<u16>(base + at, 2) & IP6_FRAGMENT_OFFSET_RAW);
    const length = extensionBytes(protocol, base + at);
    protocol = load<u8>(base + at);
    at += length;
  }
  if (at > bytes) return UNREADABLE;
  key.protocol = protocol;
  return readPorts(key, base + at, bytes - at, fragmentOffset) ? FAMILY_IP6 : UNREADABLE;
}
