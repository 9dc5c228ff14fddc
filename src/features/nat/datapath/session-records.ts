import { NAT_STATE } from '../../../engine/datapath/regions';
import { epochPassed, newEpoch } from '../../../engine/datapath/retired';
import { MAX_SESSIONS } from '../layout';
import { NatState, natState } from './nat-state';
import { sessionAt } from './session';

// Records of sessions, taken by any worker and given back by any: a list linked through the records, whose head says also
// how often it has changed, so that nobody takes a record that somebody else has taken and given back meanwhile.

const FREE: usize = NAT_STATE + offsetof<NatState>('free');
const USED: usize = NAT_STATE + offsetof<NatState>('used');
const COUNT: usize = NAT_STATE + offsetof<NatState>('count');
/** One change of the head. */
const CHANGE: u64 = 1 << 32;
/** So often a worker tries when others take records at the same moment. */
const TRIES: u32 = 64;

/** Takes a free record; zero when there are as many sessions as there may be. */
export function takeRecord(): u32 {
  if (atomic.add<u32>(COUNT, 1) >= natState().max) return refuse();
  const number = takeFree();
  if (number) return number;
  const fresh = atomic.add<u32>(USED, 1) + 1;
  if (fresh <= MAX_SESSIONS) return fresh;
  atomic.sub<u32>(USED, 1);
  return refuse();
}

/** Gives back a record that has never lived. */
export function giveBackRecord(number: u32): void {
  pushFree(number, number);
  atomic.sub<u32>(COUNT, 1);
}

/** Lets go of a record that was unlinked: it is free once no worker can be reading it. Control thread only. */
export function retireRecord(number: u32): void {
  const state = natState();
  sessionAt(number).next = 0;
  if (state.gone) sessionAt(state.goneLast).next = number;
  else state.gone = number;
  state.goneLast = number;
  atomic.sub<u32>(COUNT, 1);
}

/** Frees what no worker can be reading any more. Control thread only, now and then. */
export function freeRetired(): void {
  const state = natState();
  if (state.waiting) {
    if (!epochPassed(state.epoch)) return;
    pushFree(state.waiting, state.waitingLast);
    state.waiting = 0;
  }
  if (!state.gone) return;
  state.waiting = state.gone;
  state.waitingLast = state.goneLast;
  state.gone = 0;
  state.epoch = newEpoch();
}

function takeFree(): u32 {
  for (let i: u32 = 0; i < TRIES; i++) {
    const head = atomic.load<u64>(FREE);
    const number = <u32>head;
    if (!number) return 0;
    const next = <u64>sessionAt(number).next;
    if (atomic.cmpxchg<u64>(FREE, head, changed(head) | next) == head) return number;
  }
  return 0;
}

function pushFree(first: u32, last: u32): void {
  while (true) {
    const head = atomic.load<u64>(FREE);
    sessionAt(last).next = <u32>head;
    if (atomic.cmpxchg<u64>(FREE, head, changed(head) | first) == head) return;
  }
}

function changed(head: u64): u64 {
  return (head & 0xffffffff00000000) + CHANGE;
}

function refuse(): u32 {
  atomic.sub<u32>(COUNT, 1);
  return 0;
}
