import { PROTOCOL_ICMP } from '../../../net/datapath/ip-protocols';
import { NAT_SOURCE_RULES, NAT_STATIC_RULES } from '../layout';
import { FLOW_CUT, FLOW_ERROR, FLOW_FRAGMENT, FLOW_MESSAGE, FLOW_NONE, FLOW_PORTS, Flow } from './flow';
import { errorGoesOut } from './nat-errors';
import { isOutside, natInterfaceAt, sourceFor } from './nat-interface';
import { newSession } from './new-session';
import { isAnswer } from './read-flow';
import { rewriteAddress, rewriteEnd } from './rewrite';
import { findSession } from './session-places';
import { staticOutside } from './static-addresses';
import { isRefusal, isReset, mayBegin, track } from './track';
import { NAT_BUSY, NAT_CUT, NAT_DONE, NAT_NO_SESSION, NAT_UNSUPPORTED } from './verdict';

/** Gives a packet that leaves by an interface the address by which its sender is known there; returns a verdict. */
export function goOut(flow: Flow): u32 {
  const kind = flow.kind;
  if (kind == FLOW_NONE) return NAT_DONE;
  if (kind == FLOW_CUT) return NAT_CUT;
  const flags = natInterfaceAt(flow.iface).flags;
  if (kind == FLOW_ERROR) return errorGoesOut(flow, flags);
  const outsideRaw = flags & NAT_STATIC_RULES ? staticOutside(flow.iface, flow.localRaw) : 0;
  if (outsideRaw) rewriteAddress(flow, outsideRaw);
  else if (flags & NAT_SOURCE_RULES) return leave(flow);
  return NAT_DONE;
}

function leave(flow: Flow): u32 {
  if (flow.kind == FLOW_FRAGMENT || flow.kind == FLOW_MESSAGE) return leaveWithoutPorts(flow);
  const session = findSession(flow);
  if (session === null) return begin(flow);
  track(session, flow);
  rewriteEnd(flow, session.outsideRaw, session.outsidePort);
  return NAT_DONE;
}

/** One subnet becomes one address: that of a later fragment does not depend on its ports. */
function leaveWithoutPorts(flow: Flow): u32 {
  const outsideRaw = sourceFor(flow.iface, flow.localRaw);
  if (!outsideRaw) return NAT_DONE;
  if (flow.kind == FLOW_MESSAGE) return NAT_UNSUPPORTED;
  rewriteAddress(flow, outsideRaw);
  return NAT_DONE;
}

/**
 * What has no session begins one, or has none to belong to. What the router itself resets so may be a station's, whose
 * session is gone: the station is not cut off, and its port not taken.
 */
function begin(flow: Flow): u32 {
  const isQueryAnswer = flow.protocol == <u8>PROTOCOL_ICMP && isAnswer(flow.detail);
  const ruled = sourceFor(flow.iface, flow.localRaw);
  if (ruled) return isQueryAnswer || !mayBegin(flow) ? NAT_NO_SESSION : beginAs(flow, ruled);
  if (isQueryAnswer || !isOwn(flow)) return NAT_DONE;
  if (!isReset(flow)) return beginAs(flow, flow.localRaw);
  return isRefusal(flow) ? NAT_DONE : NAT_NO_SESSION;
}

function beginAs(flow: Flow, outsideRaw: u32): u32 {
  const verdict = newSession(flow, outsideRaw);
  if (verdict != NAT_DONE && verdict != NAT_BUSY) return verdict;
  const session = findSession(flow); // who was busy may have made it by now
  if (session === null) return verdict == NAT_DONE ? NAT_NO_SESSION : verdict;
  track(session, flow);
  rewriteEnd(flow, session.outsideRaw, session.outsidePort);
  return NAT_DONE;
}

/** What the router sends itself from an address that others share: its ports are taken, too. */
function isOwn(flow: Flow): bool {
  return flow.kind == FLOW_PORTS && isOutside(flow.iface, flow.localRaw);
}
