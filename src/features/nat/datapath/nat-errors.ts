import { checksumOf } from '../../../net/datapath/checksum';
import { PROTOCOL_ICMP, PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { IP4_HEADER_BYTES } from '../../../net/datapath/ip4-header';
import { NAT_SOURCE_RULES, NAT_STATIC_RULES } from '../layout';
import { FLOW_CUT, FLOW_NONE, FLOW_PORTS, Flow, SIDE_INSIDE, SIDE_OUTSIDE } from './flow';
import { sourceFor } from './nat-interface';
import { checksumOffset, readHeader } from './read-flow';
import { addressAt, addTo, changeAddress, changePort, portOf, updateChecksum } from './rewrite';
import { asSeenOutside } from './seen-outside';
import { Session } from './session';
import { findSession } from './session-places';
import { staticInside, staticOutside } from './static-addresses';
import { NAT_DONE, NAT_NO_SESSION } from './verdict';

// An ICMP error quotes the packet that it is about, as that was on this side of the interface. Both are translated, so
// that the receiver knows the quoted packet as one of its own (RFC 5508 4.2 and 4.3). The quoted packet went the other
// way: in an error that comes in, the local end is the quoted source.

const ICMP_BYTES: u32 = 8;

/** Translates an error that comes in, about what a station inside has sent; returns a verdict. */
export function errorComesIn(flow: Flow, flags: u32): u32 {
  const outer = flow.ip;
  const icmp = flow.l4;
  if (!readQuoted(flow, SIDE_INSIDE) || !quotedComesBack(flow, icmp, flags)) return NAT_DONE;
  changeAddress(outer, addressAt(SIDE_OUTSIDE), load<u32>(<usize>flow.ip + addressAt(SIDE_INSIDE)));
  return NAT_DONE;
}

/** Translates an error that leaves, about what was sent to a station inside; returns a verdict. */
export function errorGoesOut(flow: Flow, flags: u32): u32 {
  const outer = flow.ip;
  const icmp = flow.l4;
  const from = flow.localRaw;
  const isQuoted = readQuoted(flow, SIDE_OUTSIDE);
  const quoted = flow.localRaw;
  if (!isQuoted || !quotedLeaves(flow, icmp, flags))
    return outsideOf(flow, from, flags) ? NAT_NO_SESSION : NAT_DONE;
  const known = load<u32>(<usize>flow.ip + addressAt(SIDE_OUTSIDE));
  const outsideRaw = from == quoted ? known : outsideOf(flow, from, flags);
  if (outsideRaw) changeAddress(outer, addressAt(SIDE_INSIDE), outsideRaw);
  return NAT_DONE;
}

/** Tells whether what an error is about has turned back here (nat-hairpin): to the station that sends the error. */
export function quotedTurnsBack(flow: Flow): bool {
  if (!readQuoted(flow, SIDE_OUTSIDE)) return false;
  flow.side = SIDE_INSIDE; // the quoted destination is inside, too
  if (!asSeenOutside(flow)) return false;
  return staticInside(flow.iface, flow.localRaw) != 0 || findSession(flow) !== null;
}

/** Gives the source of a quoted packet that has left its own address again; false when nobody knows it. */
function quotedComesBack(flow: Flow, icmp: usize, flags: u32): bool {
  const insideRaw = flags & NAT_STATIC_RULES ? staticInside(flow.iface, flow.localRaw) : 0;
  if (insideRaw) return translateQuoted(flow, icmp, insideRaw, flow.localPort);
  const session = sessionOfQuoted(flow, flags, SIDE_OUTSIDE);
  if (session === null) return false;
  return translateQuoted(flow, icmp, session.insideRaw, session.insidePort);
}

/** Gives the destination of a quoted packet that has come in the address again that it had then; false when nobody knows it. */
function quotedLeaves(flow: Flow, icmp: usize, flags: u32): bool {
  const outsideRaw = flags & NAT_STATIC_RULES ? staticOutside(flow.iface, flow.localRaw) : 0;
  if (outsideRaw) return translateQuoted(flow, icmp, outsideRaw, flow.localPort);
  const session = sessionOfQuoted(flow, flags, SIDE_INSIDE);
  if (session === null) return false;
  return translateQuoted(flow, icmp, session.outsideRaw, session.outsidePort);
}

/** The address by which a station inside is known that tells of an error; zero where it keeps its own. */
function outsideOf(flow: Flow, insideRaw: u32, flags: u32): u32 {
  const outsideRaw = flags & NAT_STATIC_RULES ? staticOutside(flow.iface, insideRaw) : 0;
  if (outsideRaw || !(flags & NAT_SOURCE_RULES)) return outsideRaw;
  return sourceFor(flow.iface, insideRaw);
}

/** Reads the quoted packet's flow, whose local end is its source (SIDE_INSIDE) or destination; false when it is too short. */
function readQuoted(flow: Flow, end: u32): bool {
  const bytes = flow.l4Bytes - ICMP_BYTES;
  if (bytes < IP4_HEADER_BYTES) return false;
  flow.side = end;
  readHeader(flow, <usize>flow.l4 + ICMP_BYTES, bytes);
  return flow.kind != FLOW_NONE;
}

/** The session of a quoted packet, whose local end is the station inside or the address that it is known by. */
function sessionOfQuoted(flow: Flow, flags: u32, side: u32): Session | null {
  if (!(flags & NAT_SOURCE_RULES)) return null;
  const end = flow.side;
  flow.side = side;
  const session = findSession(flow);
  flow.side = end;
  return session;
}

/**
 * Gives the quoted packet's local end another address and port. Its header's checksum takes up what changes there, so
 * that the error's own stays; so does that of its transport header, but for the addresses, which lie outside of it.
 */
function translateQuoted(flow: Flow, icmp: usize, addressRaw: u32, port: u16): bool {
  const addresses = changeAddress(flow.ip, addressAt(flow.side), addressRaw);
  if (hasPorts(flow)) addTo(icmp + 2, translateTransport(flow, addresses, changePort(portOf(flow), port)));
  return true;
}

/** Brings the quoted transport checksum up to date where it is quoted; returns what that all adds to the error's sum. */
function translateTransport(flow: Flow, addresses: u64, ports: u64): u64 {
  const l4 = <usize>flow.l4;
  if (flow.protocol == <u8>PROTOCOL_ICMP) {
    addTo(l4 + 2, ports);
    return 0;
  }
  const offset = checksumOffset(flow.protocol);
  if (flow.l4Bytes < offset + 2) return ports;
  if (flow.protocol == <u8>PROTOCOL_UDP && !load<u16>(l4 + offset)) return ports;
  updateChecksum(l4 + offset, flow.protocol, addresses + ports);
  return <u64>checksumOf(addresses); // the complement takes the place of a difference
}

/** A quoted packet may end right behind its ports (RFC 792). */
function hasPorts(flow: Flow): bool {
  return flow.kind == FLOW_PORTS || (flow.kind == FLOW_CUT && flow.l4Bytes >= 8);
}
