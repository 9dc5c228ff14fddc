import { send } from '../../../engine/datapath/graph';
import { NODE_IP4_SEND } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import {
  ICMP4_PARAMETER_PROBLEM,
  ICMP4_TIME_EXCEEDED,
  UNREACHABLE4_HOST,
  UNREACHABLE4_NET,
  UNREACHABLE4_PORT,
  UNREACHABLE4_PROTOCOL,
  UNREACHABLE4_TOO_BIG,
} from '../../../net/datapath/icmp-header';
import { mayError } from './icmp-errors';
import { errorSource4, newError4 } from './ip4-error-message';

export enum Edge {
  /** Its time to live has run out (RFC 1812 5.3.1). */
  DROP_IP4_TTL_EXCEEDED,
  /** No route leads to its destination (RFC 1812 5.2.7.1). */
  DROP_IP4_NO_ROUTE,
  /** The neighbour it should go to does not answer (RFC 1812 5.2.7.1). */
  DROP_IP4_HOST_UNREACHABLE,
  /** It is for us, and nobody here takes its protocol (RFC 1122 3.2.2.1). */
  DROP_IP4_PROTOCOL_UNREACHABLE,
  /** It is for us, and nobody here takes its port (RFC 1122 3.2.2.1). */
  DROP_IP4_PORT_UNREACHABLE,
  /** It is larger than the way out allows, and must not be fragmented (RFC 1191 4). */
  DROP_IP4_TOO_BIG,
  /** A route refuses it (RFC 1812 5.2.7.1: administratively prohibited). */
  DROP_IP4_REJECTED,
  /** One of its options is malformed (RFC 1812 4.3.3.5). */
  DROP_IP4_BAD_OPTION,
  /** An ICMP error was due, and this worker has sent as many as it may in this second (RFC 1812 4.3.2.8). */
  DROP_IP4_ERROR_LIMIT,
}

/** Drops a packet for the reason it brings, and tells its sender where that is allowed (RFC 1812 4.3.2). */
export function ip4Error(packet: Packet): u32 {
  const source = errorSource4(packet);
  if (!source) return reasonOf(packet.note);
  if (!mayError()) return Edge.DROP_IP4_ERROR_LIMIT;
  const error = newError4(packet, source);
  if (error !== null) send(NODE_IP4_SEND, error);
  return reasonOf(packet.note);
}

/** The drop that an error stands for. */
function reasonOf(note: u32): u32 {
  const code = note & 0xff;
  if (note >> 8 == ICMP4_TIME_EXCEEDED) return Edge.DROP_IP4_TTL_EXCEEDED;
  if (note >> 8 == ICMP4_PARAMETER_PROBLEM) return Edge.DROP_IP4_BAD_OPTION;
  if (code == UNREACHABLE4_NET) return Edge.DROP_IP4_NO_ROUTE;
  if (code == UNREACHABLE4_HOST) return Edge.DROP_IP4_HOST_UNREACHABLE;
  if (code == UNREACHABLE4_PROTOCOL) return Edge.DROP_IP4_PROTOCOL_UNREACHABLE;
  if (code == UNREACHABLE4_PORT) return Edge.DROP_IP4_PORT_UNREACHABLE;
  return code == UNREACHABLE4_TOO_BIG ? Edge.DROP_IP4_TOO_BIG : Edge.DROP_IP4_REJECTED;
}
