import { PROTOCOL_TCP } from '../../../net/datapath/ip-protocols';
import { Flow, SIDE_INSIDE } from './flow';
import { natState } from './nat-state';
import {
  MARK_CONFIRMED,
  MARK_FIN_INSIDE,
  MARK_FIN_OUTSIDE,
  MARK_FINS,
  MARK_REPLIED,
  MARK_RESET,
  Session,
} from './session';

const TCP_FIN: u32 = 1;
const TCP_SYN: u32 = 2;
const TCP_RST: u32 = 4;
const TCP_ACK: u32 = 16;

/** Notes what a packet says of its session, and that it came. Stores are few: the record may be another worker's, too. */
export function track(session: Session, flow: Flow): void {
  if (session.protocol == <u8>PROTOCOL_TCP) trackTcp(session, flow);
  else if (flow.side != SIDE_INSIDE && !(session.marks & MARK_REPLIED)) mark(session, MARK_REPLIED);
  const marks = session.marks;
  if (marks & MARK_RESET || (marks & MARK_FINS) == MARK_FINS) return; // it ends, whoever goes on
  const now = natState().clock;
  if (session.seen != now) session.seen = now;
}

/**
 * Tells whether all that a packet with some TCP flags, none for UDP, says of its session is that it came: both ends have
 * spoken, and neither begins or ends anything. @inline
 */
export function isSettled(session: Session, flags: u32): bool {
  const heard = session.protocol == <u8>PROTOCOL_TCP ? MARK_REPLIED | MARK_CONFIRMED : MARK_REPLIED;
  const marks = session.marks & (heard | MARK_RESET | MARK_FINS);
  return marks == heard && !(flags & (TCP_FIN | TCP_SYN | TCP_RST));
}

function trackTcp(session: Session, flow: Flow): void {
  const flags: u32 = flow.detail;
  const isInside = flow.side == SIDE_INSIDE;
  const opens = isInside && (flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
  const marks = session.marks;
  if (opens && marks & (MARK_RESET | MARK_FINS)) begin(session);
  else if (marks & MARK_RESET && !(flags & TCP_RST)) revive(session);
  let more: u32 = 0;
  if (flags & TCP_RST) more = MARK_RESET;
  else if (!isInside) more = MARK_REPLIED;
  else if (flags & TCP_ACK && marks & MARK_REPLIED) more = MARK_CONFIRMED;
  if (flags & TCP_FIN) more |= isInside ? MARK_FIN_INSIDE : MARK_FIN_OUTSIDE;
  mark(session, more);
}

/** The same station uses the same ports for a new connection. */
function begin(session: Session): void {
  session.seen = natState().clock;
  atomic.store<u32>(marksOf(session), 0);
}

/** A connection that goes on was not reset by those who have it (RFC 7857 2.1). */
function revive(session: Session): void {
  atomic.and<u32>(marksOf(session), ~MARK_RESET);
}

function mark(session: Session, marks: u32): void {
  if ((session.marks & marks) != marks) atomic.or<u32>(marksOf(session), marks);
}

/** @inline */
function marksOf(session: Session): usize {
  return changetype<usize>(session) + offsetof<Session>('marks');
}

/** Tells whether a segment may begin a session: not one that answers or ends something. */
export function mayBegin(flow: Flow): bool {
  if (flow.protocol != <u8>PROTOCOL_TCP) return true;
  const flags: u32 = flow.detail;
  return !(flags & TCP_RST) && (flags & (TCP_SYN | TCP_ACK)) != (TCP_SYN | TCP_ACK);
}

/** Tells whether a segment ends its connection. */
export function isReset(flow: Flow): bool {
  return flow.protocol == <u8>PROTOCOL_TCP && (flow.detail & TCP_RST) != 0;
}

/** Tells whether a reset refuses a connection that begins: one that has begun is reset without an ACK (RFC 9293 3.10.7.1). */
export function isRefusal(flow: Flow): bool {
  return (flow.detail & TCP_ACK) != 0;
}
