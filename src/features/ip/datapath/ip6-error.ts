import { send } from '../../../engine/datapath/graph';
import { NODE_IP6_SEND } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import {
  ICMP6_PARAMETER_PROBLEM,
  ICMP6_TIME_EXCEEDED,
  ICMP6_TOO_BIG,
  PROBLEM6_NEXT_HEADER,
  PROBLEM6_OPTION,
  PROBLEM6_SEGMENT_UPPER,
  UNREACHABLE6_ADDRESS,
  UNREACHABLE6_NO_ROUTE,
  UNREACHABLE6_PORT,
  UNREACHABLE6_SCOPE,
} from '../../../net/datapath/icmp-header';
import { IP6_LEAST_MTU } from '../../../net/datapath/ip6-header';
import { mayError } from './icmp-errors';
import { errorSource6, newError6 } from './ip6-error-message';

export enum Edge {
  /** Its hop limit has run out (RFC 4443 3.3). */
  DROP_IP6_HOP_LIMIT_EXCEEDED,
  /** It is larger than the way out allows (RFC 4443 3.2). */
  DROP_IP6_TOO_BIG,
  /** No route leads to its destination (RFC 4443 3.1). */
  DROP_IP6_NO_ROUTE,
  /** A route refuses it (RFC 4443 3.1: administratively prohibited). */
  DROP_IP6_REJECTED,
  /** Its source is link-local, and its way leads beyond the link (RFC 4291 2.5.6). */
  DROP_IP6_LINK_LOCAL_SOURCE,
  /** The neighbour it should go to does not answer (RFC 4443 3.1). */
  DROP_IP6_HOST_UNREACHABLE,
  /** It is for us, and nobody here takes its port (RFC 4443 3.1). */
  DROP_IP6_PORT_UNREACHABLE,
  /** It is for us, and nobody here takes what its next header says (RFC 4443 3.4). */
  DROP_IP6_UNKNOWN_NEXT_HEADER,
  /** It ends at a SID of ours, which does not take what is in it (RFC 8986 4.1.1). */
  DROP_IP6_SEGMENT_UPPER,
  /** An option that we do not know says that it must not be skipped (RFC 8200 4.2). */
  DROP_IP6_UNKNOWN_OPTION,
  /** It wants to be routed on by us, its destination (RFC 5095 3). */
  DROP_IP6_ROUTING_HEADER,
  /** An ICMPv6 error was due, and this worker has sent as many as it may in this second (RFC 4443 2.4 (f)). */
  DROP_IP6_ERROR_LIMIT,
}

/** Drops a packet for the reason it brings, and tells its sender where that is allowed (RFC 4443 2.4 (e)). */
export function ip6Error(packet: Packet): u32 {
  const source = errorSource6(packet);
  if (!source) return reasonOf(packet.note);
  if (!mayError()) return Edge.DROP_IP6_ERROR_LIMIT;
  const error = newError6(packet, source, IP6_LEAST_MTU); // RFC 4443 2.4 (c)
  if (error === null) return reasonOf(packet.note);
  error.output = packet.iface;
  send(NODE_IP6_SEND, error);
  return reasonOf(packet.note);
}

/** The drop that an error stands for. */
function reasonOf(note: u32): u32 {
  const type = note >> 8;
  const code = note & 0xff;
  if (type == ICMP6_TIME_EXCEEDED) return Edge.DROP_IP6_HOP_LIMIT_EXCEEDED;
  if (type == ICMP6_TOO_BIG) return Edge.DROP_IP6_TOO_BIG;
  if (type == ICMP6_PARAMETER_PROBLEM) return reasonOfProblem(code);
  if (code == UNREACHABLE6_NO_ROUTE) return Edge.DROP_IP6_NO_ROUTE;
  if (code == UNREACHABLE6_SCOPE) return Edge.DROP_IP6_LINK_LOCAL_SOURCE;
  if (code == UNREACHABLE6_ADDRESS) return Edge.DROP_IP6_HOST_UNREACHABLE;
  return code == UNREACHABLE6_PORT ? Edge.DROP_IP6_PORT_UNREACHABLE : Edge.DROP_IP6_REJECTED;
}

function reasonOfProblem(code: u32): u32 {
  if (code == PROBLEM6_NEXT_HEADER) return Edge.DROP_IP6_UNKNOWN_NEXT_HEADER;
  if (code == PROBLEM6_SEGMENT_UPPER) return Edge.DROP_IP6_SEGMENT_UPPER;
  return code == PROBLEM6_OPTION ? Edge.DROP_IP6_UNKNOWN_OPTION : Edge.DROP_IP6_ROUTING_HEADER;
}
