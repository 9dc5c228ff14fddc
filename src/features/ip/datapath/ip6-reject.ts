import { Packet } from '../../../engine/datapath/packet';
import {
  ICMP6_UNREACHABLE,
  UNREACHABLE6_ADDRESS,
  UNREACHABLE6_NO_ROUTE,
  UNREACHABLE6_PROHIBITED,
} from '../../../net/datapath/icmp-header';
import { NEXT_HOP_FAILED, nextHopDetailsAt } from '../../neighbor/datapath/next-hop-details';
import { noteError } from './icmp-errors';

export enum Edge {
  IP6_ERROR,
}

/** Refuses a packet: no route leads on (next hop 0), one says so, or the neighbour is not there (RFC 4443 3.1). */
export function ip6Reject(packet: Packet): u32 {
  noteError(packet, ICMP6_UNREACHABLE, reasonOf(packet.nextHop), 0);
  return Edge.IP6_ERROR;
}

function reasonOf(nextHop: u32): u32 {
  if (!nextHop) return UNREACHABLE6_NO_ROUTE;
  return nextHopDetailsAt(nextHop).flags & NEXT_HOP_FAILED ? UNREACHABLE6_ADDRESS : UNREACHABLE6_PROHIBITED;
}
