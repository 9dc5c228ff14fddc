import { Packet } from '../../../engine/datapath/packet';
import { IP4_HEADER_BYTES } from '../../../net/datapath/ip4-header';
import { IP6_HEADER_BYTES } from '../../../net/datapath/ip6-header';
import { flowHash4, flowHash6, hashWords } from '../../ip/datapath/ip-flow-hash';
import { BOTTOM, entryAt, LABEL_BYTES, LABEL_SHIFT } from './label-entry';

/** Labels that are looked through for what is behind them. */
const MOST_SEEN: u32 = 16;

/**
 * Hash of the flow behind a packet's labels: of the IP packet there, of the MAC addresses of a frame, or else of the
 * last label alone. What groups choose their members by, and what tunnels take their entropy from.
 */
export function labelFlowHash(packet: Packet): u32 {
  let entry: u32 = 0;
  let at: u32 = 0;
  for (let seen: u32 = 0; seen < MOST_SEEN && at + LABEL_BYTES <= packet.dataLen; seen++) {
    entry = entryAt(packet.data + at);
    at += LABEL_BYTES;
    if (entry & BOTTOM) return hashBehind(packet, at, entry);
  }
  return hashWords(entry >> LABEL_SHIFT, 0);
}

function hashBehind(packet: Packet, labelBytes: u32, entry: u32): u32 {
  packet.strip(labelBytes);
  const hash = hashPayload(packet, entry);
  packet.prepend(labelBytes); // there is room: they have just been taken off
  return hash;
}

function hashPayload(packet: Packet, entry: u32): u32 {
  const bytes: u32 = packet.dataLen;
  if (bytes < 16) return hashWords(entry >> LABEL_SHIFT, 0);
  const version = load<u8>(packet.data) >> 4;
  if (version == 4 && bytes >= IP4_HEADER_BYTES) return flowHash4(packet);
  if (version == 6 && bytes >= IP6_HEADER_BYTES) return flowHash6(packet);
  const addresses = packet.data + (load<u32>(packet.data) ? 0 : 4); // behind a control word (RFC 4385 3)
  return hashWords(load<u64>(addresses), load<u32>(addresses, 8));
}
