import { NAT_SESSIONS } from '../../../engine/datapath/regions';
import { PROTOCOL_TCP } from '../../../net/datapath/ip-protocols';
import {
  STATE_CLOSED,
  STATE_ESTABLISHED_TCP,
  STATE_ESTABLISHED_UDP,
  STATE_HALF_CLOSE,
  STATE_NEW,
  STATE_TIME_WAIT,
} from '../layout';

/**
 * A session: 64 bytes, one cache line. The station inside is known outside by another address and port; addresses
 * and ports lie as on the wire. Identifiers of ICMP queries are ports here; other protocols have port 0.
 *
 *   0 inside outside remote │ 12 inside, outside, remote port, iface │ 20 protocol live │ 24 marks seen │ 32 next
 *
 * A worker fills a record before it says that it lives, and no field but marks and seen changes while it does. A record
 * that has lived is used again only after all workers have passed a quiet point.
 */
@unmanaged
export class Session {
  insideRaw: u32;
  outsideRaw: u32;
  remoteRaw: u32;
  insidePort: u16;
  outsidePort: u16;
  remotePort: u16;
  /** The interface on which it is translated. */
  iface: u16;
  protocol: u8;
  live: u8;
  spare: u16;
  /** MARK_… bits: what its packets have said so far. */
  marks: u32;
  /** Milliseconds of the clock when its last packet came. */
  seen: u32;
  /** While it is free: the number of the next free record, zero for none. */
  next: u32;
}

/** The other end has answered. */
export const MARK_REPLIED: u32 = 1;
/** The station inside has acknowledged that (TCP). */
export const MARK_CONFIRMED: u32 = 2;
/** The station inside, and the other end, have said that they are done (TCP). */
export const MARK_FIN_INSIDE: u32 = 4;
export const MARK_FIN_OUTSIDE: u32 = 8;
export const MARK_FINS: u32 = 12;
/** One of them has reset the connection. */
export const MARK_RESET: u32 = 16;

/** The record with a number; numbers begin at 1. @inline */
export function sessionAt(number: u32): Session {
  return changetype<Session>(NAT_SESSIONS + ((<usize>(number - 1)) << 6));
}

/** Tells whether packets may use a record. @inline */
export function isLive(session: Session): bool {
  return atomic.load<u8>(changetype<usize>(session) + offsetof<Session>('live')) != 0;
}

/** STATE_… of a session. */
export function stateOf(session: Session): u32 {
  const marks = session.marks;
  if (session.protocol != <u8>PROTOCOL_TCP) return marks & MARK_REPLIED ? STATE_ESTABLISHED_UDP : STATE_NEW;
  if (marks & MARK_RESET) return STATE_CLOSED;
  if ((marks & MARK_FINS) == MARK_FINS) return STATE_TIME_WAIT;
  if (marks & MARK_FINS) return STATE_HALF_CLOSE;
  const both = MARK_REPLIED | MARK_CONFIRMED;
  return (marks & both) == both ? STATE_ESTABLISHED_TCP : STATE_NEW;
}
