import { Packet } from '../../../engine/datapath/packet';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { comeIn } from './come-in';
import {
  FLOW_CUT,
  FLOW_ERROR,
  FLOW_FRAGMENT,
  FLOW_NONE,
  Flow,
  flowOn,
  SIDE_INSIDE,
  SIDE_OUTSIDE,
} from './flow';
import { goOut } from './go-out';
import { quotedTurnsBack } from './nat-errors';
import { sessionOfFragment } from './nat-fragments';
import { isOutside } from './nat-interface';
import { readPacket } from './read-flow';
import { asSeenOutside } from './seen-outside';
import { findSession } from './session-places';
import { staticInside } from './static-addresses';
import { NAT_CUT, NAT_DONE, NAT_NO_OUTSIDE, NAT_NOBODY } from './verdict';

/**
 * Translates an IPv4 packet to an address outside as if it left by an interface and came in again; returns a verdict.
 * What nobody inside is known by stays as it is where the address is the router's own, too: only sessions that are there
 * tell then whom a packet is for.
 */
export function turnBack(packet: Packet, iface: u32, isOwn: bool): u32 {
  const leaving = readAgain(packet, iface, SIDE_INSIDE);
  const kind = leaving.kind;
  if (kind == FLOW_NONE) return NAT_NOBODY;
  if (isOwn && !isForSomebody(leaving)) return NAT_NOBODY;
  if (kind == FLOW_CUT) return NAT_CUT;
  const left = goOut(readAgain(packet, iface, SIDE_INSIDE));
  if (left != NAT_DONE) return left;
  const header = changetype<Ip4Header>(packet.data);
  if (kind != FLOW_ERROR && !isKnownOutside(iface, header.sourceRaw)) return NAT_NO_OUTSIDE;
  const destination = header.destinationRaw;
  const came = comeIn(readAgain(packet, iface, SIDE_OUTSIDE));
  return came == NAT_DONE && !isOwn && header.destinationRaw == destination ? NAT_NOBODY : came;
}

/** Tells whether a station inside is known by a packet's destination, at its port and to its sender. */
function isForSomebody(flow: Flow): bool {
  if (flow.kind == FLOW_CUT) return false;
  if (flow.kind == FLOW_ERROR) return quotedTurnsBack(flow);
  return staticInside(flow.iface, flow.remoteRaw) != 0 || hasSession(flow);
}

/** Looks for the session that the packet belongs to once its sender has its outside address. */
function hasSession(flow: Flow): bool {
  if (!asSeenOutside(flow)) return false;
  return (flow.kind == FLOW_FRAGMENT ? sessionOfFragment(flow) : findSession(flow)) !== null;
}

function readAgain(packet: Packet, iface: u32, side: u32): Flow {
  const flow = flowOn(iface, side, packet.olFlags);
  readPacket(flow, packet.data, packet.dataLen);
  return flow;
}

function isKnownOutside(iface: u32, addressRaw: u32): bool {
  return staticInside(iface, addressRaw) != 0 || isOutside(iface, addressRaw);
}
