import { worker } from '../../../engine/datapath/instance';
import { NODE_IP6_OUTPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { ICMP6_TOO_BIG } from '../../../net/datapath/icmp-header';
import { PROTOCOL_FRAGMENT } from '../../../net/datapath/ip-protocols';
import {
  IP6_FRAGMENT_BYTES,
  IP6_MORE_FRAGMENTS_RAW,
  perFragmentHeaders,
} from '../../../net/datapath/ip6-extensions';
import { IP6_HEADER_BYTES, Ip6Header } from '../../../net/datapath/ip6-header';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { finishL4Checksum } from '../../port/datapath/l4-checksum';
import { fragmentBytes, newFragment, sendFragments } from './fragments';
import { noteError } from './icmp-errors';

export enum Edge {
  /** Its fragments go on in its place. */
  CONSUMED,
  IP6_ERROR,
  /** The way out is too narrow for any fragment with these headers, or they do not fit the first buffer. */
  DROP_IP6_FRAGMENT_NO_ROOM,
  /** There are no buffers left for the fragments. */
  DROP_FRAGMENT_NO_BUFFERS,
}

/** How many packets this worker has cut. */
let cut: u32 = 0;

/** Cuts a packet of our own into fragments that fit its next hop (RFC 8200 4.5), all or none. */
export function ip6Fragment(packet: Packet): u32 {
  const mtu: u32 = nextHopAt(packet.nextHop).mtu;
  const headers = perFragmentHeaders(changetype<Ip6Header>(packet.data), packet.dataLen);
  if (!headers) return Edge.DROP_IP6_FRAGMENT_NO_ROOM;
  if (load<u8>(packet.data + (headers >> 16)) == PROTOCOL_FRAGMENT) return refuse(packet, mtu); // cut by the host
  finishL4Checksum(packet, 0);
  const identification = nextIdentification();
  const start = headers & 0xffff;
  const end = packet.pktLen;
  for (let at = start; at < end; ) {
    const bytes = fragmentBytes(mtu, start + IP6_FRAGMENT_BYTES, end - at);
    const fragment = newFragment(packet, start + IP6_FRAGMENT_BYTES, at, bytes);
    if (fragment === null) return bytes ? Edge.DROP_FRAGMENT_NO_BUFFERS : Edge.DROP_IP6_FRAGMENT_NO_ROOM;
    writeHeaders(fragment, packet, headers);
    const more = at + bytes < end ? IP6_MORE_FRAGMENTS_RAW : 0;
    store<u16>(fragment.data + start, bswap<u16>(<u16>(at - start)) | more, 2);
    store<u32>(fragment.data + start, identification, 4);
    at += bytes;
  }
  sendFragments(NODE_IP6_OUTPUT);
  return Edge.CONSUMED;
}

/** Writes what all fragments have in common: the whole packet's headers, and a fragment header behind the last of them. */
function writeHeaders(fragment: Packet, packet: Packet, headers: u32): void {
  const nextHeaderAt = headers >> 16;
  const start = headers & 0xffff;
  const header = changetype<Ip6Header>(fragment.data);
  memory.copy(fragment.data, packet.data, start);
  header.payloadLengthRaw = bswap<u16>(<u16>(fragment.pktLen - IP6_HEADER_BYTES));
  store<u16>(fragment.data + start, load<u8>(packet.data + nextHeaderAt));
  store<u8>(fragment.data + nextHeaderAt, <u8>PROTOCOL_FRAGMENT);
}

function refuse(packet: Packet, mtu: u32): u32 {
  noteError(packet, ICMP6_TOO_BIG, 0, mtu);
  return Edge.IP6_ERROR;
}

/**
 * An identification that no fragment of this worker has had for 2^32 packets and that others cannot guess from the
 * last one easily (RFC 7739 5.2): a mixed counter, on a place of its own for each worker.
 */
function nextIdentification(): u32 {
  let mixed = cut++ + <u32>changetype<usize>(worker);
  mixed = (mixed ^ (mixed >> 16)) * 0x85ebca6b;
  mixed = (mixed ^ (mixed >> 13)) * 0xc2b2ae35;
  return mixed ^ (mixed >> 16);
}
