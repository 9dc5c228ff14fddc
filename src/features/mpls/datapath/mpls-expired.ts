import { release } from '../../../engine/datapath/buffers';
import { send } from '../../../engine/datapath/graph';
import { NODE_MPLS_INPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { fold, sumBytes } from '../../../net/datapath/checksum';
import { TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';
import { ICMP4_TIME_EXCEEDED, ICMP6_TIME_EXCEEDED } from '../../../net/datapath/icmp-header';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { mayError, noteError } from '../../ip/datapath/icmp-errors';
import { errorSource4, newError4 } from '../../ip/datapath/ip4-error-message';
import { errorSource6, newError6 } from '../../ip/datapath/ip6-error-message';
import { stackBytes, versionBehind } from './behind-labels';
import { entryAt, LABEL_BYTES, putEntry, TTL_MASK } from './label-entry';

export enum Edge {
  DROP_MPLS_TTL_EXCEEDED,
  /** A label's time to live has run out, and this worker has sent as many errors as it may in this second. */
  DROP_MPLS_ERROR_LIMIT,
}

/**
 * Drops a packet whose label lives no longer, and tells the sender of the IP packet behind it. The error goes on with
 * the labels that the packet came with: the router at their end knows the way back, we need not (RFC 3032 2.3.2).
 */
export function mplsExpired(packet: Packet): u32 {
  const stack = stackBytes(packet);
  const version = versionBehind(packet, stack);
  if (!version) return Edge.DROP_MPLS_TTL_EXCEEDED;
  packet.nextHop = 0; // no way out has been chosen
  packet.strip(stack);
  const reason = version == 4 ? tellSender4(packet, stack) : tellSender6(packet, stack);
  packet.prepend(stack);
  return reason;
}

function tellSender4(packet: Packet, stack: u32): u32 {
  const headerBytes = changetype<Ip4Header>(packet.data).headerBytes;
  if (headerBytes > packet.dataLen || fold(sumBytes(packet.data, headerBytes)) != 0xffff) {
    return Edge.DROP_MPLS_TTL_EXCEEDED;
  }
  noteError(packet, ICMP4_TIME_EXCEEDED, 0, 0);
  const source = errorSource4(packet);
  if (!source) return Edge.DROP_MPLS_TTL_EXCEEDED;
  if (!mayError()) return Edge.DROP_MPLS_ERROR_LIMIT;
  const error = newError4(packet, source);
  if (error !== null) sendOn(error, packet.data - stack, stack);
  return Edge.DROP_MPLS_TTL_EXCEEDED;
}

function tellSender6(packet: Packet, stack: u32): u32 {
  noteError(packet, ICMP6_TIME_EXCEEDED, 0, 0);
  const source = errorSource6(packet);
  if (!source) return Edge.DROP_MPLS_TTL_EXCEEDED;
  if (!mayError()) return Edge.DROP_MPLS_ERROR_LIMIT;
  const error = newError6(packet, source);
  if (error !== null) sendOn(error, packet.data - stack, stack);
  return Edge.DROP_MPLS_TTL_EXCEEDED;
}

/** Lets an error go where the packet would have gone, with its labels and all the time there is. */
function sendOn(error: Packet, labels: usize, bytes: u32): void {
  if (!error.prepend(bytes)) {
    release(error);
    return;
  }
  memory.copy(error.data, labels, bytes);
  for (let at: u32 = 0; at < bytes; at += LABEL_BYTES) {
    putEntry(error.data + at, entryAt(error.data + at) | TTL_MASK);
  }
  error.etherType = TYPE_MPLS_RAW;
  send(NODE_MPLS_INPUT, error);
}
