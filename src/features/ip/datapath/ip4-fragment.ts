import { NODE_IP4_OUTPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { checksumOf, sumBytes } from '../../../net/datapath/checksum';
import { IP4_HEADER_BYTES, IP4_MORE_FRAGMENTS_RAW, Ip4Header } from '../../../net/datapath/ip4-header';
import { copiedOptionBytes, copyOptions } from '../../../net/datapath/ip4-options';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { finishL4Checksum } from '../../port/datapath/l4-checksum';
import { fragmentBytes, newFragment, sendFragments } from './fragments';

export enum Edge {
  /** Its fragments go on in its place. */
  CONSUMED,
  /** The way out is too narrow for any fragment with this header. */
  DROP_IP4_FRAGMENT_NO_ROOM,
  /** It is a fragment that no datagram has: it ends behind 65535 bytes, or others follow and it is no whole units of 8 bytes. */
  DROP_IP4_BAD_FRAGMENT,
  /** There are no buffers left for the fragments. */
  DROP_FRAGMENT_NO_BUFFERS,
}

/** Longest datagram (RFC 791 3.1). */
const DATAGRAM_BYTES: u32 = 65535;

/** Cuts a packet into fragments that fit its next hop (RFC 791 3.2), all or none. */
export function ip4Fragment(packet: Packet): u32 {
  const mtu: u32 = nextHopAt(packet.nextHop).mtu;
  const header = changetype<Ip4Header>(packet.data);
  if (!canBeCut(header)) return Edge.DROP_IP4_BAD_FRAGMENT;
  finishL4Checksum(packet, 0);
  const end = packet.pktLen;
  let at = header.headerBytes;
  let ownHeader = at;
  while (at < end) {
    const bytes = fragmentBytes(mtu, ownHeader, end - at);
    const fragment = newFragment(packet, ownHeader, at, bytes);
    if (fragment === null) return bytes ? Edge.DROP_FRAGMENT_NO_BUFFERS : Edge.DROP_IP4_FRAGMENT_NO_ROOM;
    writeHeader(fragment, header, at - header.headerBytes, at + bytes < end);
    at += bytes;
    ownHeader = IP4_HEADER_BYTES + copiedOptionBytes(header);
  }
  sendFragments(NODE_IP4_OUTPUT);
  return Edge.CONSUMED;
}

/** Its pieces would have offsets that wrap around, or sizes that cannot be written. */
function canBeCut(header: Ip4Header): bool {
  const bytes = header.totalLength - header.headerBytes;
  if (header.fragmentOffset + bytes > DATAGRAM_BYTES) return false;
  return !(header.fragmentRaw & IP4_MORE_FRAGMENTS_RAW) || !(bytes & 7);
}

/** Writes a fragment's header: the whole packet's in the first, without the options that are not copied in others. */
function writeHeader(fragment: Packet, whole: Ip4Header, offset: u32, more: bool): void {
  const header = changetype<Ip4Header>(fragment.data);
  const first = offset == 0;
  const at = changetype<usize>(header);
  memory.copy(at, changetype<usize>(whole), first ? whole.headerBytes : IP4_HEADER_BYTES);
  const bytes = first ? whole.headerBytes : IP4_HEADER_BYTES + copyOptions(whole, at + IP4_HEADER_BYTES);
  header.versionIhl = <u8>(0x40 | (bytes >> 2));
  header.totalLengthRaw = bswap<u16>(<u16>fragment.pktLen);
  const position = <u16>((whole.fragmentOffset + offset) >> 3);
  const moreRaw = more ? IP4_MORE_FRAGMENTS_RAW : whole.fragmentRaw & IP4_MORE_FRAGMENTS_RAW;
  header.fragmentRaw = bswap<u16>(position) | moreRaw;
  header.checksumRaw = 0;
  header.checksumRaw = checksumOf(sumBytes(at, bytes));
}
