import { Packet } from '../../../engine/datapath/packet';
import { isSpecial4 } from '../../../net/datapath/ip4-header';
import { NAT_SOURCE_RULES, NAT_STATIC_RULES } from '../layout';
import { SIDE_INSIDE } from './flow';
import { natInterfaceAt } from './nat-interface';
import { natState } from './nat-state';
import {
  endOf,
  isPlain,
  localAddress,
  localEnd,
  protocolOf,
  readdressPlain,
  remoteEnd,
  rewritePlain,
  tcpFlagsOf,
} from './plain';
import { isLive, Session, sessionAt } from './session';
import { hashOfKey, numberAtOnce } from './session-places';
import { staticAtOnce } from './static-addresses';
import { isSettled } from './track';

/**
 * Gives the near end of a packet its name on the other side of an interface, where the packet is a plain one, that name is
 * known at once, and nothing is to be noted but that the packet came. Of others nothing is changed: false. @inline
 */
export function translateAtOnce(packet: Packet, iface: u32, side: u32, foreseen: bool): bool {
  if (!isPlain(packet, foreseen)) return false;
  const flags = natInterfaceAt(iface).flags;
  const found = flags & NAT_STATIC_RULES ? staticAtOnce(iface, side, localAddress(packet, side)) : 0;
  if (found) {
    readdressPlain(packet, side, <u32>found, <u32>(found >> 32));
    return true;
  }
  const end = flags & NAT_SOURCE_RULES ? endBySession(packet, iface, side) : 0;
  if (!end || (foreseen && isSpecial4(<u32>end))) return false; // nobody asks again what is foreseen
  rewritePlain(packet, side, end);
  return true;
}

/** @inline */
function endBySession(packet: Packet, iface: u32, side: u32): u64 {
  const near = localEnd(packet, side);
  const remote = remoteEnd(packet, side);
  const protocol = protocolOf(packet);
  const number = numberAtOnce(hashOfKey(near, remote, iface, protocol, side), side);
  if (!number) return 0;
  const session = sessionAt(number);
  const isIts =
    isLive(session) && // asked first: before, others may be filling it in
    nearEnd(session, side) == near &&
    endOf(session.remoteRaw, session.remotePort) == remote &&
    session.iface == <u16>iface &&
    session.protocol == <u8>protocol;
  if (!isIts || !isSettled(session, tcpFlagsOf(packet, protocol))) return 0;
  const now = natState().clock;
  if (session.seen != now) session.seen = now;
  return nearEnd(session, side ^ 1);
}

/** The station inside, or the one that it is known as outside. @inline */
function nearEnd(session: Session, side: u32): u64 {
  return side == SIDE_INSIDE
    ? endOf(session.insideRaw, session.insidePort)
    : endOf(session.outsideRaw, session.outsidePort);
}
