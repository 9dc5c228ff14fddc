import { Packet } from '../../../engine/datapath/packet';
import { NAT_SOURCE_RULES, NAT_STATIC_RULES } from '../layout';
import { SIDE_INSIDE } from './flow';
import { natInterfaceAt } from './nat-interface';
import { natState } from './nat-state';
import { endOf, isPlain, localEnd, PORT_OF_END, protocolOf, remoteEnd, tcpFlagsOf } from './plain';
import { isLive, Session, sessionAt } from './session';
import { hashOfKey, numberAtOnce } from './session-places';
import { staticAtOnce } from './static-addresses';
import { isSettled } from './track';

/**
 * Who the near end of a packet is on the other side of an interface, where the packet is a plain one, that is known at
 * once, and nothing is to be noted but that it came; zero for all others. @inline
 */
export function knownEnd(packet: Packet, iface: u32, side: u32): u64 {
  return isPlain(packet) ? knownEndOf(packet, iface, side) : 0;
}

/** @inline */
function knownEndOf(packet: Packet, iface: u32, side: u32): u64 {
  const flags = natInterfaceAt(iface).flags;
  const near = localEnd(packet, side);
  const addressRaw = flags & NAT_STATIC_RULES ? staticAtOnce(iface, side, <u32>near) : 0;
  if (addressRaw) return (near & PORT_OF_END) | addressRaw;
  return flags & NAT_SOURCE_RULES ? endBySession(packet, iface, side, near) : 0;
}

/** @inline */
function endBySession(packet: Packet, iface: u32, side: u32, near: u64): u64 {
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
