import { Event, newEventWithin, putEvent } from '../../../engine/datapath/events';
import { NODE_ROUTER_SOLICITATION } from '../../../engine/datapath/nodes';
import { PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { Ip6Header, isUnspecified6 } from '../../../net/datapath/ip6-header';
import {
  BAD_OPTIONS,
  macOption,
  ND_HOP_LIMIT,
  ND_SOURCE_MAC,
  RS_BYTES,
} from '../../../net/datapath/nd-message';
import { toHostOr } from '../../ip/datapath/protocols';
import { messageBytes, messageOf } from '../../neighbor/datapath/nd';
import { SOLICITATION_QUEUE } from '../layout';
import { advertises } from './router-adverts';

export enum Edge {
  CONSUMED,
  /** The interface announces no router, and there is no host that may. */
  DROP_RS_NOT_ADVERTISED,
  /** A program of this host has sent it: it has come by no link. */
  DROP_RS_NOT_FROM_LINK,
  /** The hop limit is not 255: the message has passed a router (RFC 4861 6.1.1). */
  DROP_RS_BAD_HOP_LIMIT,
  /** The message is shorter than its fixed part, or longer than what has arrived in one buffer (RFC 4861 6.1.1). */
  DROP_RS_TRUNCATED,
  /** The ICMPv6 code is not zero (RFC 4861 6.1.1). */
  DROP_RS_BAD_CODE,
  /** An option has length zero or ends behind the message, or a station without an address names its MAC (RFC 4861 6.1.1). */
  DROP_RS_BAD_OPTION,
  /** More hosts ask at once than the control thread takes; they ask again. */
  DROP_RS_QUEUE_FULL,
}

/** An event has nothing else to say. */
const DATA_BYTES: usize = 48;

/**
 * Checks a router solicitation and tells the control thread that somebody on the link asks (RFC 4861 6.2.6), which
 * answers everybody at once. Where the interface does not announce the router, the host may have a program that does.
 *
 * @table ip-protocols
 */
export function routerSolicitation(packet: Packet): u32 {
  if (!advertises(packet.iface)) return toHostOr(false, Edge.DROP_RS_NOT_ADVERTISED);
  if (packet.flags & PACKET_LOCAL) return Edge.DROP_RS_NOT_FROM_LINK;
  const ip = changetype<Ip6Header>(packet.data);
  if (ip.hopLimit != ND_HOP_LIMIT) return Edge.DROP_RS_BAD_HOP_LIMIT;
  const bytes = messageBytes(packet);
  if (bytes < RS_BYTES) return Edge.DROP_RS_TRUNCATED;
  const message = messageOf(packet);
  if (load<u8>(message, 1)) return Edge.DROP_RS_BAD_CODE;
  const mac = macOption(message, bytes, ND_SOURCE_MAC, RS_BYTES);
  const anonymous = isUnspecified6(ip.sourceLow, ip.sourceHigh);
  if (mac == BAD_OPTIONS || (mac && anonymous)) return Edge.DROP_RS_BAD_OPTION;
  const event = newEventWithin(NODE_ROUTER_SOLICITATION, SOLICITATION_QUEUE);
  if (event === null) return Edge.DROP_RS_QUEUE_FULL;
  event.iface = packet.iface;
  event.vrf = packet.vrf;
  memory.fill(changetype<usize>(event) + offsetof<Event>('data0'), 0, DATA_BYTES);
  putEvent();
  return Edge.CONSUMED;
}
