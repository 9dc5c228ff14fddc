import { NAT_PLACES } from '../../../engine/datapath/regions';
import { SESSION_BUCKETS } from '../layout';
import { Flow, SIDE_INSIDE } from './flow';
import { natState } from './nat-state';
import { endOf, PORT_OF_END } from './plain';
import { isLive, Session, sessionAt } from './session';

// The hash table of sessions. Each session has two keys, one by which packets from inside find it and one for those from
// outside, and a place for each: a word that is put in and taken out in one step, by whichever worker.
//
//   bucket: 8 places × u64, a cache line      place: 63 ── hash ── 32 │ 31 ── number ── 1 │ side
//
// A key may lie in two buckets, and nowhere else: what is in neither is not in the table.

const PLACES: u32 = 8;
/** As many a first bucket takes before the emptier of the two is looked for. */
const CROWDED: u32 = 6;
/** 2^64 divided by the golden ratio: spreads near keys far apart. */
const SPREAD: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;

/** Hash of a flow's key. */
export function hashOf(flow: Flow): u64 {
  const local = endOf(flow.localRaw, flow.localPort);
  const remote = endOf(flow.remoteRaw, flow.remotePort);
  return hashOfKey(local, remote, flow.iface, flow.protocol, flow.side);
}

/** Hash of a key by its two ends, each of them a word (plain.ts). @places NAT_PLACES @inline */
export function hashOfKey(local: u64, remote: u64, iface: u32, protocol: u32, side: u32): u64 {
  const addresses = (local << 32) | <u64>(<u32>remote);
  const ports = ((local >> 32) << 48) | (remote & PORT_OF_END);
  const rest = ((<u64>iface) << 16) | ((<u64>protocol) << 8) | side;
  let hash = (addresses ^ natState().seed) * SPREAD;
  hash = (rotl<u64>(hash, 32) ^ ports ^ rest) * SPREAD;
  hash = (hash ^ (hash >> 32)) * SPREAD; // else the lowest bits would not know of the ports
  return hash ^ (hash >> 29);
}

/**
 * The number of the first record in a hash's first bucket that may have the key; zero for none. Nearly all sessions lie
 * in the first one, and hardly two there share the upper half of their hashes. @inline
 */
export function numberAtOnce(hash: u64, side: u32): u32 {
  const bucket = firstBucket(hash);
  const tag = <u32>(hash >> 32);
  for (let i: u32 = 0; i < PLACES; i++) {
    const word = atomic.load<u64>(bucket + (i << 3));
    if (<u32>(word >> 32) == tag && (<u32>word & 1) == side) return <u32>word >> 1;
  }
  return 0;
}

/** The session of a flow that lives, or null. */
export function findSession(flow: Flow): Session | null {
  const number = search(flow, hashOf(flow), 0);
  return number ? sessionAt(number) : null;
}

/** Tells whether somebody has a flow's key already, or is about to; `own` is not counted. */
export function isTaken(flow: Flow, own: u32): bool {
  return search(flow, hashOf(flow), own) != 0;
}

/**
 * Puts a record in under a flow's key; false when both buckets are full. Whoever makes a session looks then whether somebody
 * else has done the same meanwhile: of two that do it at once one sees the other at least.
 */
export function putPlace(flow: Flow, number: u32): bool {
  const hash = hashOf(flow);
  const word = wordOf(hash, number, flow.side);
  const first = firstBucket(hash);
  const second = secondBucket(first, hash);
  const crowd = crowdOf(first);
  const better = crowd >= CROWDED && crowdOf(second) < crowd ? second : first;
  return putInto(better, word) || putInto(better == first ? second : first, word);
}

/** Takes a record out from under a flow's key. */
export function dropPlace(flow: Flow, number: u32): void {
  const hash = hashOf(flow);
  const word = wordOf(hash, number, flow.side);
  const first = firstBucket(hash);
  if (!dropFrom(first, word)) dropFrom(secondBucket(first, hash), word);
}

/** The number of a record under a flow's key: of one that lives, or, for whoever has one of its own there, of any other. */
function search(flow: Flow, hash: u64, own: u32): u32 {
  const first = firstBucket(hash);
  return searchIn(first, flow, hash, own) || searchIn(secondBucket(first, hash), flow, hash, own);
}

function searchIn(bucket: usize, flow: Flow, hash: u64, own: u32): u32 {
  const tag = <u32>(hash >> 32);
  for (let i: u32 = 0; i < PLACES; i++) {
    const word = atomic.load<u64>(bucket + (i << 3));
    if (<u32>(word >> 32) != tag || (<u32>word & 1) != flow.side) continue;
    const number = <u32>word >> 1;
    if (!number || number == own) continue;
    const session = sessionAt(number);
    if ((own || isLive(session)) && hasKey(session, flow)) return number;
  }
  return 0;
}

function hasKey(session: Session, flow: Flow): bool {
  const isInside = flow.side == SIDE_INSIDE;
  const localRaw = isInside ? session.insideRaw : session.outsideRaw;
  const localPort = isInside ? session.insidePort : session.outsidePort;
  return (
    localRaw == flow.localRaw &&
    localPort == flow.localPort &&
    session.remoteRaw == flow.remoteRaw &&
    session.remotePort == flow.remotePort &&
    session.iface == flow.iface &&
    session.protocol == flow.protocol
  );
}

function putInto(bucket: usize, word: u64): bool {
  for (let i: u32 = 0; i < PLACES; i++) {
    const place = bucket + (i << 3);
    if (atomic.load<u64>(place) == 0 && atomic.cmpxchg<u64>(place, 0, word) == 0) return true;
  }
  return false;
}

function dropFrom(bucket: usize, word: u64): bool {
  for (let i: u32 = 0; i < PLACES; i++)
    if (atomic.cmpxchg<u64>(bucket + (i << 3), word, 0) == word) return true;
  return false;
}

function crowdOf(bucket: usize): u32 {
  let taken: u32 = 0;
  for (let i: u32 = 0; i < PLACES; i++) if (atomic.load<u64>(bucket + (i << 3))) taken++;
  return taken;
}

/** @places NAT_PLACES @inline */
function wordOf(hash: u64, number: u32, side: u32): u64 {
  return (hash & 0xffffffff00000000) | (number << 1) | side;
}

/** @places NAT_PLACES @inline */
function firstBucket(hash: u64): usize {
  return NAT_PLACES + ((<usize>(<u32>hash & (SESSION_BUCKETS - 1))) << 6);
}

/** The other bucket of a key; the same calculation leads back. @places NAT_PLACES @inline */
function secondBucket(first: usize, hash: u64): usize {
  const distance = (<u32>(hash >> 40) * 2 + 1) & (SESSION_BUCKETS - 1);
  return NAT_PLACES + ((first - NAT_PLACES) ^ ((<usize>distance) << 6));
}
