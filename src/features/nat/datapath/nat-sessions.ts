import { NAT_PAGE, NAT_STATE } from '../../../engine/datapath/regions';
import { PAGE_SESSION_BYTES, PAGE_SESSIONS } from '../layout';
import { flowOf } from './flow';
import { NatState, natState, timeoutOf } from './nat-state';
import { asInside, asOutside } from './new-session';
import { Session, sessionAt, stateOf } from './session';
import { dropPlace } from './session-places';
import { freeRetired, retireRecord } from './session-records';

// The control thread's side of sessions: it gives up those whose time is over, and shows the others.

/** Makes places in the hash table unforeseeable; once, before the first session. */
export function setNatSeed(seed: u64): void {
  natState().seed = seed;
}

/** Sets the clock of sessions, in milliseconds. */
export function setNatClock(milliseconds: u32): void {
  natState().clock = milliseconds;
}

/** Sets how many sessions there may be. */
export function setNatMax(max: u32): void {
  natState().max = max;
}

/** Sets after how many milliseconds without packets a session in a state is given up. */
export function setNatTimeout(state: u32, milliseconds: u32): void {
  store<u32>(NAT_STATE + offsetof<NatState>('timeouts0') + ((<usize>state) << 2), milliseconds);
}

/** Sessions there are. */
export function natCount(): u32 {
  return natState().count;
}

/** Records that have been in use at some time: higher numbers need not be looked at. */
export function natUsed(): u32 {
  return natState().used;
}

/** Gives up what has been silent for too long of so many records from one on; returns how many these were. */
export function sweepSessions(from: u32, count: u32): u32 {
  freeRetired();
  const now = natState().clock;
  let gone: u32 = 0;
  for (let number = from; number < from + count; number++) {
    const session = sessionAt(number);
    if (!session.live || now - session.seen < timeoutOf(stateOf(session))) continue;
    giveUp(session, number);
    gone++;
  }
  return gone;
}

/** Gives up the sessions of an interface, or all (0), of so many records from one on; returns how many. */
export function flushSessions(iface: u32, from: u32, count: u32): u32 {
  let gone: u32 = 0;
  for (let number = from; number < from + count; number++) {
    const session = sessionAt(number);
    if (!session.live || (iface && session.iface != <u16>iface)) continue;
    giveUp(session, number);
    gone++;
  }
  return gone;
}

/** Writes live sessions from a record on to NAT_PAGE until it is full; returns the next record to go on from in the low half, and how many were written above. */
export function fillSessionPage(from: u32): u64 {
  const used = natState().used;
  let written: u32 = 0;
  let number = from;
  for (; number <= used && written < PAGE_SESSIONS; number++) {
    const session = sessionAt(number);
    if (!session.live) continue;
    writeToPage(NAT_PAGE + written * PAGE_SESSION_BYTES, session, number);
    written++;
  }
  return ((<u64>written) << 32) | number;
}

/** What has lived is unlinked at once, and its record is free after a quiet point. */
function giveUp(session: Session, number: u32): void {
  atomic.store<u8>(changetype<usize>(session) + offsetof<Session>('live'), 0);
  const flow = flowOf();
  flow.iface = session.iface;
  flow.protocol = session.protocol;
  flow.remoteRaw = session.remoteRaw;
  flow.remotePort = session.remotePort;
  asInside(flow, session);
  dropPlace(flow, number);
  asOutside(flow, session);
  dropPlace(flow, number);
  retireRecord(number);
}

/** A session on the page: its first 24 bytes as they lie, then its number and the milliseconds since its last packet. */
function writeToPage(at: usize, session: Session, number: u32): void {
  memory.copy(at, changetype<usize>(session), 22);
  store<u8>(at, <u8>stateOf(session), 22);
  store<u32>(at, number, 24);
  store<u32>(at, natState().clock - session.seen, 28);
}
