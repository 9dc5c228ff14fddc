import { PROTOCOL_ICMP } from '../../../net/datapath/ip-protocols';
import { FLOW_FRAGMENT, Flow, SIDE_OUTSIDE } from './flow';
import { sourceFor } from './nat-interface';
import { findSession } from './session-places';
import { staticOutside } from './static-addresses';

/** Makes the flow of what a station inside sends that of who gets it outside: from another end; false when it has none yet. */
export function asSeenOutside(flow: Flow): bool {
  let senderRaw = staticOutside(flow.iface, flow.localRaw);
  let senderPort = flow.localPort;
  if (!senderRaw && flow.kind == FLOW_FRAGMENT) senderRaw = sourceFor(flow.iface, flow.localRaw);
  if (!senderRaw) {
    const session = findSession(flow);
    if (session === null) return false;
    senderRaw = session.outsideRaw;
    senderPort = session.outsidePort;
  }
  const hasOneNumber = flow.protocol == <u8>PROTOCOL_ICMP; // an identifier is that of both ends
  flow.side = SIDE_OUTSIDE;
  flow.localRaw = flow.remoteRaw;
  flow.localPort = hasOneNumber ? senderPort : flow.remotePort;
  flow.remoteRaw = senderRaw;
  flow.remotePort = hasOneNumber ? 0 : senderPort;
  return true;
}
