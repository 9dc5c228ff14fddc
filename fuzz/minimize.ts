import { type Burst, type Input, keepInput } from './input.ts';

/** Most tries: what is still large then is large. */
const TRIES = 2000;

/** Makes a burst that fails smaller for as long as it still does: fewer packets, fewer bytes, plainer buffers. */
export function minimize(burst: Burst, fails: (burst: Burst) => boolean): Burst {
  let left = TRIES;
  let smallest: Burst = { ...burst, inputs: burst.inputs.map(keepInput) };
  const tryOne = (smaller: Burst): boolean => {
    if (left-- <= 0 || !fails(smaller)) return false;
    smallest = smaller;
    return true;
  };
  for (const input of smallest.inputs) if (tryOne({ ...burst, inputs: [input] })) break;
  for (let i = smallest.inputs.length - 1; i >= 0 && smallest.inputs.length > 1; i--) {
    tryOne({ ...smallest, inputs: smallest.inputs.toSpliced(i, 1) });
  }
  for (let i = 0; i < smallest.inputs.length; i++) {
    for (const simpler of simplerInputs) {
      const input = smallest.inputs[i];
      if (input) tryOne(withInput(smallest, i, { ...input, ...simpler }));
    }
    shorten(i, () => smallest, tryOne);
    zero(i, () => smallest, tryOne);
  }
  return smallest;
}

const simplerInputs: readonly Partial<Input>[] = [
  { firstSegment: 0, otherSegments: 0 },
  { otherSegments: 0 },
  { headroom: 128 },
  { tailroom: 1024 },
  { offload: 'nothing' },
  { port: 0 },
];

type Try = (burst: Burst) => boolean;

/** Cuts bytes off the end, by ever smaller pieces. */
function shorten(at: number, burst: () => Burst, tryOne: Try): void {
  for (let step = 1024; step > 0; step >>= 1) {
    for (;;) {
      const input = burst().inputs[at];
      if (!input || input.length < step) break;
      if (!tryOne(withInput(burst(), at, { ...input, length: input.length - step }))) break;
    }
  }
}

/** Clears bytes that do not matter, by ever smaller pieces. */
function zero(at: number, burst: () => Burst, tryOne: Try): void {
  for (let step = 64; step > 0; step >>= 2) {
    const length = burst().inputs[at]?.length ?? 0;
    for (let from = 0; from < length; from += step) {
      const input = burst().inputs[at];
      if (!input) return;
      const cleared = keepInput(input);
      cleared.bytes.fill(0, from, from + step);
      if (input.bytes.subarray(from, from + step).some((byte) => byte !== 0))
        tryOne(withInput(burst(), at, cleared));
    }
  }
}

function withInput(burst: Burst, at: number, input: Input): Burst {
  return { ...burst, inputs: burst.inputs.with(at, input) };
}
