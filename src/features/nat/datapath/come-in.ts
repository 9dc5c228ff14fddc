import { NAT_SOURCE_RULES, NAT_STATIC_RULES } from '../layout';
import { FLOW_CUT, FLOW_ERROR, FLOW_FRAGMENT, FLOW_MESSAGE, FLOW_NONE, Flow } from './flow';
import { errorComesIn } from './nat-errors';
import { noteFragment, sessionOfFragment } from './nat-fragments';
import { natInterfaceAt } from './nat-interface';
import { rewriteAddress, rewriteEnd } from './rewrite';
import { Session } from './session';
import { findSession } from './session-places';
import { staticInside } from './static-addresses';
import { track } from './track';
import { NAT_CUT, NAT_DONE } from './verdict';

/** Gives a packet that comes in by an interface the address of the station inside that it is for; returns a verdict. */
export function comeIn(flow: Flow): u32 {
  const kind = flow.kind;
  if (kind == FLOW_NONE) return NAT_DONE;
  if (kind == FLOW_CUT) return NAT_CUT;
  const flags = natInterfaceAt(flow.iface).flags;
  if (kind == FLOW_ERROR) return errorComesIn(flow, flags);
  const insideRaw = flags & NAT_STATIC_RULES ? staticInside(flow.iface, flow.localRaw) : 0;
  if (insideRaw) rewriteAddress(flow, insideRaw);
  else if (flags & NAT_SOURCE_RULES && kind != FLOW_MESSAGE) comeBack(flow);
  return NAT_DONE;
}

/** What belongs to no session is the router's own, as far as IP knows. */
function comeBack(flow: Flow): void {
  const session = flow.kind == FLOW_FRAGMENT ? sessionOfFragment(flow) : findSession(flow);
  if (session === null) return;
  if (flow.kind != FLOW_FRAGMENT) note(flow, session);
  rewriteEnd(flow, session.insideRaw, session.insidePort);
}

function note(flow: Flow, session: Session): void {
  track(session, flow);
  if (flow.fragment) noteFragment(flow, session);
}
