import { LONGEST_PLACE_SEARCH } from '../layout';
import {
  findPlace,
  homeOf,
  LINE_BYTES,
  lineOf,
  PLACE_BYTES,
  PLACE_DEAD,
  PLACE_EMPTY,
  PLACE_HEARD,
  Place,
} from './place';

// The control thread's side of the tables of places.

/** Gives a key a value; false when the table has no room near the place it belongs to. */
export function putPlace(table: usize, key: u64, value: u64): bool {
  const known = findPlace(table, key);
  const place = known === null ? freePlace(table, key) : known;
  if (place === null) return false;
  if (known === null) setKey(place, PLACE_DEAD);
  atomic.store<u64>(changetype<usize>(place) + offsetof<Place>('value'), value);
  if (known === null) setKey(place, key);
  return true;
}

/** Takes a key out; false when it was not there. All others stay where they are, so that no search misses one. */
export function dropPlace(table: usize, key: u64): bool {
  const place = findPlace(table, key);
  if (place === null) return false;
  setKey(place, PLACE_DEAD);
  const first = lineOf(homeOf(table, key));
  for (let line = lineOf(changetype<usize>(place)); line >= first; line -= LINE_BYTES) settle(table, line);
  return true;
}

/** Tells whether the one with a key was heard since this was last asked. */
export function takeHeard(table: usize, key: u64): bool {
  const place = findPlace(table, key);
  if (place === null || !(place.value & PLACE_HEARD)) return false;
  atomic.and<u64>(changetype<usize>(place) + offsetof<Place>('value'), ~PLACE_HEARD);
  return true;
}

/** The first place where a key may be: its own, or one of its line, or of those behind. */
function freePlace(table: usize, key: u64): Place | null {
  const home = homeOf(table, key);
  if (isFree(home)) return changetype<Place>(home);
  const line = lineOf(home);
  for (let at = line; at < line + LONGEST_PLACE_SEARCH * LINE_BYTES; at += PLACE_BYTES)
    if (isFree(at)) return changetype<Place>(at);
  return null;
}

/** Nobody needs to search past the dead places of a line when no key had to go on from it: they are empty again. */
function settle(table: usize, line: usize): void {
  if (isPassed(table, line)) return;
  for (let at = line; at < line + LINE_BYTES; at += PLACE_BYTES)
    if (changetype<Place>(at).key == PLACE_DEAD) setKey(changetype<Place>(at), PLACE_EMPTY);
}

/** Tells whether a key that belongs in a line or before it is behind it. */
function isPassed(table: usize, line: usize): bool {
  let isLast = false;
  for (let next = line + LINE_BYTES; !isLast; next += LINE_BYTES)
    for (let at = next; at < next + LINE_BYTES; at += PLACE_BYTES) {
      const key = changetype<Place>(at).key;
      if (key == PLACE_EMPTY) isLast = true;
      else if (key != PLACE_DEAD && lineOf(homeOf(table, key)) <= line) return true;
    }
  return false;
}

function isFree(place: usize): bool {
  return changetype<Place>(place).key <= PLACE_DEAD;
}

function setKey(place: Place, key: u64): void {
  atomic.store<u64>(changetype<usize>(place), key);
}
