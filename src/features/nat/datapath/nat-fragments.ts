import { NAT_FRAGMENTS, NAT_SESSIONS } from '../../../engine/datapath/regions';
import { FRAGMENT_SLOTS, MAX_SESSIONS } from '../layout';
import { Flow } from './flow';
import { natState } from './nat-state';
import { isLive, Session, sessionAt } from './session';

// Only the first fragment of a datagram has ports. Which session that one belongs to is noted by the datagram's
// identification, and the others follow. What is noted for one place replaces what was there.
//
//   63 ── identification ── 48 │ 47 ── when, in 1024 ms ── 32 │ 31 ── session's number ── 0

/** Longer nobody waits for fragments (RFC 1122 3.3.2 says 60 to 120 s to the receiver; Linux takes 30). */
const LONGEST_WAIT: u16 = 29;
const SPREAD: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;

/** Notes to which session the first fragment of a datagram belongs that comes in. */
export function noteFragment(flow: Flow, session: Session): void {
  const number = <u32>((changetype<usize>(session) - NAT_SESSIONS) >> 6) + 1;
  const word = ((<u64>(<u16>flow.fragment)) << 48) | ((<u64>secondNow()) << 32) | number;
  atomic.store<u64>(slotOf(flow), word);
}

/** The session of a later fragment that comes in; null where its first one has not come. */
export function sessionOfFragment(flow: Flow): Session | null {
  const word = atomic.load<u64>(slotOf(flow));
  const number = <u32>word;
  if (number - 1 >= MAX_SESSIONS || <u16>(word >> 48) != <u16>flow.fragment) return null;
  if (<u16>(secondNow() - <u16>(word >> 32)) > LONGEST_WAIT) return null;
  const session = sessionAt(number);
  const isIts =
    session.outsideRaw == flow.localRaw &&
    session.remoteRaw == flow.remoteRaw &&
    session.iface == flow.iface &&
    session.protocol == flow.protocol;
  return isIts && isLive(session) ? session : null;
}

function secondNow(): u16 {
  return <u16>(natState().clock >> 10);
}

/** @places NAT_FRAGMENTS */
function slotOf(flow: Flow): usize {
  const addresses = ((<u64>flow.localRaw) << 32) | flow.remoteRaw;
  const hash = (addresses ^ ((<u64>(<u16>flow.fragment)) << 16) ^ <u64>flow.protocol) * SPREAD;
  return NAT_FRAGMENTS + ((<usize>(<u32>(hash >> 40) & (FRAGMENT_SLOTS - 1))) << 3);
}
