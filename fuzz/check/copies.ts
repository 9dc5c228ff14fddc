import type { Input } from '../input.ts';
import { firstDifference } from './bytes.ts';
import type { Arrival } from './came.ts';
import { emerged } from './emerged.ts';
import { type Frame, isUnfinished, type Stations } from './frame.ts';
import { type Layer, TAG_BYTES } from './layers.ts';
import { whyNotTaken } from './taken.ts';

// What a bridge passes on is what its sender made: the same addresses and all that is behind the tags that were taken
// off at the one end and put on at the other.

const MACS_BYTES = 12;

/** What a frame that leaves is compared by. */
type Left = Pick<Frame, 'view' | 'at' | 'length' | 'input' | 'burst'>;

/** Whether the frame at a place of one that leaves is one that came, as it was or in a tunnel that we may take things out of. */
export function isCopy(frame: Left, at: number, stations: Stations): boolean {
  const arrivals = frame.input ? frame.input.arrivals : frame.burst.like('frame', frame.view, at);
  for (const arrival of arrivals) if (isArrival(frame, at, arrival, stations)) return true;
  return false;
}

/** Whether a frame is one that came, as it comes out of what is in front of it. */
function isArrival(
  frame: Left,
  at: number,
  { input, layers, first, layer }: Arrival,
  stations: Stations,
): boolean {
  if (layer.kind !== 'frame' || !hasMacs(frame.view, at, input, layer)) return false;
  const own = layers.slice(first);
  if (first === 0) return isSameFrame(frame, at, input, own);
  const isSame = emerged(input, layers, first).some((each) => isSameFrame(frame, at, each, own));
  return isSame && !whyNotTaken(input, layers.slice(0, first), stations);
}

/** Whether a frame is between the same two stations as one that came. */
function hasMacs(view: DataView, at: number, { bytes }: Input, came: Layer): boolean {
  return firstDifference(view, at, bytes, came.at, MACS_BYTES) < 0;
}

/** Whether two frames between the same stations are the same but for tags in front; `layers` are those of the one that came. */
function isSameFrame(frame: Left, at: number, input: Input, layers: readonly Layer[]): boolean {
  const [came] = layers;
  if (!came) return false;
  const tags = layers.findIndex(({ kind }, i) => i > 0 && kind !== 'tag');
  const most = tags < 0 ? layers.length - 1 : tags - 1;
  const bytes = frame.at + frame.length - at;
  for (let taken = 0; taken <= most; taken++) {
    const rest = came.end - came.at - MACS_BYTES - taken * TAG_BYTES;
    const given = bytes - MACS_BYTES - rest;
    if (given < 0 || given % TAG_BYTES !== 0 || given > 2 * TAG_BYTES) continue;
    const [to, from] = [at + MACS_BYTES + given, came.at + MACS_BYTES + taken * TAG_BYTES];
    if (isSameBut(frame.view, to, input, from, rest)) return true;
  }
  return false;
}

/** Whether bytes are the same, but for a checksum that was left to us. */
export function isSameBut(view: DataView, at: number, input: Input, from: number, length: number): boolean {
  const differs = firstDifference(view, at, input.bytes, from, length);
  if (differs < 0) return true;
  if (!isUnfinished(input)) return false;
  const next = differs + 2;
  return next >= length || firstDifference(view, at + next, input.bytes, from + next, length - next) < 0;
}
