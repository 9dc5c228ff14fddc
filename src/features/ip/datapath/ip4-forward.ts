import { Packet } from '../../../engine/datapath/packet';
import { Ip4Header } from '../../../net/datapath/ip4-header';

export enum Edge {
  IP4_OUTPUT,
  /** Its time to live has run out (RFC 1812 5.3.1). */
  DROP_IP4_TTL_EXCEEDED,
}

/** Takes one from the time to live of a packet on its way through us (RFC 1812 5.3.1, checksum by RFC 1624). */
export function ip4Forward(packet: Packet): u32 {
  const header = changetype<Ip4Header>(packet.data);
  if (header.ttl <= 1) return Edge.DROP_IP4_TTL_EXCEEDED;
  header.ttl--;
  const sum = <u32>header.checksumRaw + 1;
  header.checksumRaw = <u16>(sum + (sum >> 16));
  return Edge.IP4_OUTPUT;
}
