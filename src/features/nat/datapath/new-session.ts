import { PROTOCOL_ICMP } from '../../../net/datapath/ip-protocols';
import { FLOW_PORTS, Flow, SIDE_INSIDE, SIDE_OUTSIDE } from './flow';
import { natState } from './nat-state';
import { Session, sessionAt } from './session';
import { dropPlace, findSession, hashOf, isTaken, putPlace } from './session-places';
import { giveBackRecord, takeRecord } from './session-records';
import { NAT_BUSY, NAT_DONE, NAT_FULL, NAT_NO_PORT } from './verdict';

// Any worker makes sessions, and no lock keeps two apart. A worker puts its record under a key, looks whether anybody else
// has put one there, and takes its own back if so; only a record that stands alone under both keys begins to live.

/** So many ports are tried before a packet is dropped: a search without a bound would keep all others waiting. */
const PORT_TRIES: u32 = 512;
/** Ports that are given away: all but those of system services (RFC 6335 6); identifiers are not so divided. */
const FIRST_PORT: u32 = 1024;
const PORTS: u32 = 64512;
/** From one tried port to the next: no divisor of the number of ports, so that it comes by all of them. */
const STRIDE: u32 = 25171;

/** Makes the session of a flow that leaves: from now on its sender is known by an outside address. Returns NAT_DONE or why not. */
export function newSession(flow: Flow, outsideRaw: u32): u32 {
  const number = takeRecord();
  if (!number) return NAT_FULL;
  const session = sessionAt(number);
  fill(session, flow, outsideRaw);
  const start = <u32>(hashOf(flow) >> 16) % PORTS;
  const outcome = claimBoth(session, flow, number, start);
  asInside(flow, session);
  if (outcome != NAT_DONE) {
    giveBackRecord(number);
    return outcome;
  }
  atomic.store<u8>(changetype<usize>(session) + offsetof<Session>('live'), 1);
  return NAT_DONE;
}

function fill(session: Session, flow: Flow, outsideRaw: u32): void {
  session.insideRaw = flow.localRaw;
  session.outsideRaw = outsideRaw;
  session.remoteRaw = flow.remoteRaw;
  session.insidePort = flow.localPort;
  session.outsidePort = flow.localPort;
  session.remotePort = flow.remotePort;
  session.iface = flow.iface;
  session.protocol = flow.protocol;
  session.marks = 0;
  session.seen = natState().clock;
}

function claimBoth(session: Session, flow: Flow, number: u32, start: u32): u32 {
  const outcome = claimPort(session, flow, number, start);
  if (outcome != NAT_DONE) return outcome;
  asInside(flow, session);
  const inside = claim(flow, number);
  if (inside == NAT_DONE) return NAT_DONE;
  asOutside(flow, session);
  dropPlace(flow, number);
  return inside;
}

/** Takes the port that the sender has itself, or else any that nobody uses towards the same other end. */
function claimPort(session: Session, flow: Flow, number: u32, start: u32): u32 {
  const tries: u32 = flow.kind == FLOW_PORTS ? PORT_TRIES : 1;
  for (let i: u32 = 0; i < tries; i++) {
    if (i) session.outsidePort = bswap<u16>(<u16>portAt(flow, start, i));
    asOutside(flow, session);
    if (findSession(flow) !== null) continue;
    const outcome = claim(flow, number);
    if (outcome != NAT_BUSY) return outcome;
  }
  return NAT_NO_PORT;
}

function portAt(flow: Flow, start: u32, number: u32): u32 {
  if (flow.protocol == <u8>PROTOCOL_ICMP) return start + number * STRIDE;
  return FIRST_PORT + ((start + number * STRIDE) % PORTS);
}

function claim(flow: Flow, number: u32): u32 {
  if (!putPlace(flow, number)) return NAT_FULL;
  if (!isTaken(flow, number)) return NAT_DONE;
  dropPlace(flow, number);
  return NAT_BUSY;
}

/** Makes the flow the session's as packets from inside have it. */
export function asInside(flow: Flow, session: Session): void {
  flow.side = SIDE_INSIDE;
  flow.localRaw = session.insideRaw;
  flow.localPort = session.insidePort;
}

/** Makes the flow the session's as packets from outside have it. */
export function asOutside(flow: Flow, session: Session): void {
  flow.side = SIDE_OUTSIDE;
  flow.localRaw = session.outsideRaw;
  flow.localPort = session.outsidePort;
}
