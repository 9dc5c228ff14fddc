import { Packet } from '../../../engine/datapath/packet';
import {
  ICMP6_UNREACHABLE,
  UNREACHABLE6_NO_ROUTE,
  UNREACHABLE6_PROHIBITED,
} from '../../../net/datapath/icmp-header';
import { noteError } from './icmp-errors';

export enum Edge {
  IP6_ERROR,
}

/** Refuses a packet: no route leads on (next hop 0), or one says so (RFC 4443 3.1). */
export function ip6Reject(packet: Packet): u32 {
  const code = packet.nextHop ? UNREACHABLE6_PROHIBITED : UNREACHABLE6_NO_ROUTE;
  noteError(packet, ICMP6_UNREACHABLE, code, 0);
  return Edge.IP6_ERROR;
}
