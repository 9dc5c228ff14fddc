import type { Input } from '../input.ts';
import { firstDifference } from './bytes.ts';
import { emerged } from './emerged.ts';
import { type Frame, isUnfinished, type Stations } from './frame.ts';
import { type Layer, readingsOf, TAG_BYTES } from './layers.ts';
import { whyNotTaken } from './taken.ts';

// What a bridge passes on is what its sender made: the same addresses and all that is behind the tags that were taken
// off at the one end and put on at the other.

const MACS_BYTES = 12;

/** What a frame that leaves is compared by. */
type Left = Pick<Frame, 'view' | 'at' | 'length' | 'input' | 'burst'>;

/** Whether the frame at a place of one that leaves is one that came, as it was or in a tunnel that we may take things out of. */
export function isCopy(frame: Left, at: number, stations: Stations): boolean {
  const inputs = frame.input ? [frame.input] : frame.burst;
  return inputs.some((input) =>
    readingsOf(input).some((layers) => isAmong(frame, at, { input, layers, stations })),
  );
}

/** Whether a frame is one of those that an input is or has in it. */
function isAmong(
  frame: Left,
  at: number,
  came: { readonly input: Input; readonly layers: readonly Layer[]; readonly stations: Stations },
): boolean {
  const { input, layers, stations } = came;
  return layers.some((layer, i) => {
    if (layer.kind !== 'frame') return false;
    const own = layers.slice(i);
    if (i === 0) return isSameFrame(frame, at, input, own);
    const isSame = emerged(input, layers, i).some((each) => isSameFrame(frame, at, each, own));
    return isSame && !whyNotTaken(input, layers.slice(0, i), stations);
  });
}

/** Whether two frames are the same but for tags in front; `layers` are those of the one that came. */
function isSameFrame(frame: Left, at: number, input: Input, layers: readonly Layer[]): boolean {
  const [came] = layers;
  if (!came || firstDifference(frame.view, at, input.bytes, came.at, MACS_BYTES) >= 0) return false;
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
