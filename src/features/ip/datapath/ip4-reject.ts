import { Packet } from '../../../engine/datapath/packet';
import {
  ICMP4_UNREACHABLE,
  UNREACHABLE4_NET,
  UNREACHABLE4_PROHIBITED,
} from '../../../net/datapath/icmp-header';
import { noteError } from './icmp-errors';

export enum Edge {
  IP4_ERROR,
}

/** Refuses a packet: no route leads on (next hop 0), or one says so (RFC 1812 5.2.7.1). */
export function ip4Reject(packet: Packet): u32 {
  noteError(packet, ICMP4_UNREACHABLE, packet.nextHop ? UNREACHABLE4_PROHIBITED : UNREACHABLE4_NET, 0);
  return Edge.IP4_ERROR;
}
