import { NODE_NAT_HAIRPIN } from '../../../engine/datapath/nodes';
import { PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { route4 } from '../../ip/datapath/route';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { isOwnNextHop } from '../../neighbor/datapath/next-hop-details';
import { turnBack } from './turn-back';
import {
  NAT_BUSY,
  NAT_CUT,
  NAT_DONE,
  NAT_FULL,
  NAT_NO_OUTSIDE,
  NAT_NO_PORT,
  NAT_NOBODY,
  NAT_UNSUPPORTED,
} from './verdict';

export enum Edge {
  /** The address is the router's own, too, and nobody else is known by it at this port. */
  IP4_LOCAL,
  DROP_NAT_TRUNCATED,
  DROP_NAT_TABLE_FULL,
  DROP_NAT_NO_PORT,
  DROP_NAT_BUSY,
  /** Nobody is known by the address at this port. */
  DROP_NAT_NO_SESSION,
  /** Its sender is known outside by no other address: the station would answer it by its own, past the translation. */
  DROP_NAT_NO_OUTSIDE,
  DROP_NAT_UNSUPPORTED,
}

/**
 * Leads what is routed to an address that stands for stations inside back to them, as if it had left by their interface
 * and come in again (hairpinning: RFC 4787 REQ-9, RFC 5382 REQ-8, RFC 5508 REQ-7).
 *
 * @table next-hop-input
 */
export function natHairpin(packet: Packet): u32 {
  const iface = nextHopAt(packet.nextHop).iface;
  const isOwn = isOwnNextHop(packet.nextHop);
  const hasComeIn = packet.iface == iface && !(packet.flags & PACKET_LOCAL);
  const verdict = hasComeIn ? NAT_NOBODY : turnBack(packet, iface, isOwn);
  if (verdict == NAT_NOBODY) return isOwn ? Edge.IP4_LOCAL : Edge.DROP_NAT_NO_SESSION;
  if (verdict != NAT_DONE) return dropFor(verdict);
  const node = route4(packet, changetype<Ip4Header>(packet.data).destinationAt);
  if (node != NODE_NAT_HAIRPIN) return NODE_BIT | node;
  // Once is enough: the router itself has spoken by an address that others share, or rules lead in a circle.
  return isOwnNextHop(packet.nextHop) ? Edge.IP4_LOCAL : Edge.DROP_NAT_NO_SESSION;
}

function dropFor(verdict: u32): u32 {
  if (verdict == NAT_CUT) return Edge.DROP_NAT_TRUNCATED;
  if (verdict == NAT_FULL) return Edge.DROP_NAT_TABLE_FULL;
  if (verdict == NAT_NO_PORT) return Edge.DROP_NAT_NO_PORT;
  if (verdict == NAT_BUSY) return Edge.DROP_NAT_BUSY;
  if (verdict == NAT_NO_OUTSIDE) return Edge.DROP_NAT_NO_OUTSIDE;
  return verdict == NAT_UNSUPPORTED ? Edge.DROP_NAT_UNSUPPORTED : Edge.DROP_NAT_NO_SESSION;
}
