import { Packet } from '../../../engine/datapath/packet';
import {
  ICMP4_UNREACHABLE,
  UNREACHABLE4_HOST,
  UNREACHABLE4_NET,
  UNREACHABLE4_PROHIBITED,
} from '../../../net/datapath/icmp-header';
import { NEXT_HOP_FAILED, nextHopDetailsAt } from '../../neighbor/datapath/next-hop-details';
import { noteError } from './icmp-errors';

export enum Edge {
  IP4_ERROR,
}

/** Refuses a packet: no route leads on (next hop 0), one says so, or the neighbour is not there (RFC 1812 5.2.7.1). */
export function ip4Reject(packet: Packet): u32 {
  noteError(packet, ICMP4_UNREACHABLE, reasonOf(packet.nextHop), 0);
  return Edge.IP4_ERROR;
}

function reasonOf(nextHop: u32): u32 {
  if (!nextHop) return UNREACHABLE4_NET;
  return nextHopDetailsAt(nextHop).flags & NEXT_HOP_FAILED ? UNREACHABLE4_HOST : UNREACHABLE4_PROHIBITED;
}
