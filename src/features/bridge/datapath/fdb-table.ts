import { setLookAhead } from '../../../engine/datapath/arena';
import { FDB, FDB_SEEN } from '../../../engine/datapath/regions';
import {
  FDB_EXTERN,
  FDB_HEARD,
  FDB_HOMES,
  FDB_SLOTS,
  FDB_STATIC,
  LONGEST_FDB_SEARCH,
  LOOK_AHEAD_FDB,
  LOOK_AHEAD_STATIONS,
} from '../layout';
import { bridgeAt } from './bridge';
import {
  FDB_DEAD,
  FDB_EMPTY,
  FLAGS_SHIFT,
  fdbState,
  findStation,
  HOME_BYTES,
  homeOf,
  isOwn,
  LINE_BYTES,
  lineOf,
  MEMBER_SHIFT,
  memberOf,
  SPREAD,
  STATION_BYTES,
  Station,
  stationAt,
  vlanOf,
} from './fdb';
import { enterBlock, forgetBlocks, leaveBlock } from './fdb-blocks';

// The control thread's side of the table of stations. A place is told by its number; NO_PLACE is none.

const NO_PLACE: u32 = 0xffffffff;
const LINE_PLACES: u32 = <u32>(LINE_BYTES / STATION_BYTES);
const HOME_PLACES: u32 = <u32>(HOME_BYTES / STATION_BYTES);
/** So far a search that begins in the last line may go. */
const PLACES: u32 = FDB_HOMES * HOME_PLACES + FDB_SLOTS + (LONGEST_FDB_SEARCH - 1) * LINE_PLACES;

/** Makes searches begin where nobody outside can foretell; to be called while the table is empty. */
export function seedFdb(seed: u64): void {
  fdbState().lineMultiplier = SPREAD ^ (seed & ~1); // odd, so it takes no two keys to one number
  forgetBlocks();
}

/** Says what second it is, whether there is room for strangers, and how many stations are known. */
export function setFdbState(second: u32, full: u32, stations: u32): void {
  const state = fdbState();
  state.second = second;
  state.full = full;
  setLookAhead(LOOK_AHEAD_FDB, stations > LOOK_AHEAD_STATIONS);
}

/** The place of a station. */
export function findPlace(key: u64, vlan: u32): u32 {
  const station = findStation(key, vlan);
  return station === null ? NO_PLACE : numberOf(station);
}

/** Says where a station is; NO_PLACE where the table has no room near the place it belongs to. */
export function putStation(key: u64, vlan: u32, iface: u32, far: u32, flags: u32): u32 {
  const value =
    <u64>far | ((<u64>iface) << MEMBER_SHIFT) | ((<u64>vlan) << 48) | ((<u64>flags) << FLAGS_SHIFT);
  const known = findStation(key, vlan);
  const station = known === null ? newPlace(key, vlan) : known;
  if (station === null) return NO_PLACE;
  noteSeen(numberOf(station), fdbState().second);
  if (known === null) setKey(station, FDB_DEAD);
  atomic.store<u64>(changetype<usize>(station) + offsetof<Station>('value'), value);
  if (known === null) setKey(station, key);
  return numberOf(station);
}

/** Forgets the station at a place. Another one may be there then: those that had to go on from its line move up. */
export function removeStation(place: u32): void {
  let hole = stationAt(place);
  leaveBlock(hole.key, vlanOf(hole.value));
  setKey(hole, FDB_DEAD);
  let line = lineOf(changetype<usize>(hole));
  let isLast = isOwn(line) || hasEmpty(line);
  while (!isLast) {
    line += LINE_BYTES;
    isLast = hasEmpty(line);
    const station = passing(line, lineOf(changetype<usize>(hole)));
    if (station === null) continue;
    moveStation(station, hole);
    hole = station;
  }
  setKey(hole, FDB_EMPTY);
}

/** The first station from a place on that is of a bridge and behind a member; zero means any. */
export function nextStation(from: u32, bridge: u32, iface: u32): u32 {
  for (let place = from; place < PLACES; place++) {
    const station = stationAt(place);
    if (station.key == FDB_EMPTY) continue;
    if (bridge && <u32>(station.key >> 48) != bridge) continue;
    if (iface && memberOf(station.value) != iface) continue;
    return place;
  }
  return NO_PLACE;
}

/**
 * The first learnt station from a place on that has been silent for as long as its bridge waits. Of those before it that
 * workers have heard, it notes the second; so it is to be called every second.
 */
export function nextSilent(from: u32): u32 {
  for (let place = from; place < PLACES; place++) {
    const station = stationAt(place);
    if (station.key == FDB_EMPTY) continue;
    if (takeHeard(station)) noteSeen(place, fdbState().second);
    if (flagsOf(station) & (FDB_STATIC | FDB_EXTERN)) continue;
    if (placeAge(place) >= bridgeAt(<u32>(station.key >> 48)).ageing) return place;
  }
  return NO_PLACE;
}

export function placeKey(place: u32): u64 {
  return stationAt(place).key;
}

export function placeValue(place: u32): u64 {
  return stationAt(place).value;
}

/** Seconds since the station at a place was last heard. */
export function placeAge(place: u32): u32 {
  return flagsOf(stationAt(place)) & FDB_HEARD ? 0 : fdbState().second - seenAt(place);
}

/** The place for a station that comes. */
function newPlace(key: u64, vlan: u32): Station | null {
  enterBlock(key, vlan);
  const place = freePlace(homeOf(key, vlan));
  if (place === null) leaveBlock(key, vlan);
  return place;
}

/** The first place where a station may be: its own, or one of its line, or of those behind. */
function freePlace(home: usize): Station | null {
  if (isEmpty(home)) return changetype<Station>(home);
  const line = lineOf(home);
  for (let at = line; at < line + LONGEST_FDB_SEARCH * LINE_BYTES; at += STATION_BYTES)
    if (isEmpty(at)) return changetype<Station>(at);
  return null;
}

function isEmpty(place: usize): bool {
  return changetype<Station>(place).key == FDB_EMPTY;
}

function hasEmpty(line: usize): bool {
  for (let at = line; at < line + LINE_BYTES; at += STATION_BYTES) if (isEmpty(at)) return true;
  return false;
}

/** A station in a line that belongs in another one or before it; null for none. */
function passing(line: usize, other: usize): Station | null {
  for (let at = line; at < line + LINE_BYTES; at += STATION_BYTES) {
    const station = changetype<Station>(at);
    if (station.key <= FDB_DEAD) continue;
    if (lineOf(homeOf(station.key, vlanOf(station.value))) <= other) return station;
  }
  return null;
}

/** Moves a station up to a hole: for a moment it is in neither place, and its frames are flooded. */
function moveStation(from: Station, to: Station): void {
  const key = from.key;
  noteSeen(numberOf(to), seenAt(numberOf(from)));
  atomic.store<u64>(changetype<usize>(to) + offsetof<Station>('value'), from.value);
  setKey(from, FDB_DEAD);
  setKey(to, key);
}

/** Tells whether a worker has heard a station since this was last asked. */
function takeHeard(station: Station): bool {
  if (!(flagsOf(station) & FDB_HEARD)) return false;
  const heard = (<u64>FDB_HEARD) << FLAGS_SHIFT;
  atomic.and<u64>(changetype<usize>(station) + offsetof<Station>('value'), ~heard);
  return true;
}

function flagsOf(station: Station): u32 {
  return <u32>(station.value >> FLAGS_SHIFT);
}

function seenAt(place: u32): u32 {
  return load<u32>(FDB_SEEN + ((<usize>place) << 2));
}

function noteSeen(place: u32, second: u32): void {
  store<u32>(FDB_SEEN + ((<usize>place) << 2), second);
}

function setKey(station: Station, key: u64): void {
  atomic.store<u64>(changetype<usize>(station), key);
}

function numberOf(station: Station): u32 {
  return <u32>((changetype<usize>(station) - FDB) / STATION_BYTES);
}
