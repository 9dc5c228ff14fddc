import { seededRandom } from '../../bench/random.ts';
import {
  type Burst,
  blankInput,
  bridgeFaults,
  copyInput,
  type Input,
  keepInput,
  type Setting,
} from '../input.ts';
import type { Random } from './header.ts';
import { mutate } from './mutate.ts';
import { repair } from './repair.ts';
import { natInputs, seedInputs } from './seeds.ts';

const BURST = 64;
/** Inputs kept: when there are more, an old one makes room. */
const CORPUS = 4096;
/** One input in so many is made from one of those; the others are what was there before, changed further. */
const AGAIN = 2;
/** One burst in so many is a single packet, for which something may be scarce: with more, their order would matter. */
const SINGLE_EVERY = 12;
/** One burst in so many is a talk: packets of few flows through NAT, one after another. */
const TALK_EVERY = 12;
const TALK = 24;
/** Bursts between two changes of whether there is a host, and of what lies around packets, which takes long. */
const HOST_EVERY = 256;
const POISON_EVERY = 8192;

/** Makes bursts from a seed: the same ones for the same seed, as long as the same inputs are worth keeping. */
export class Generator {
  readonly #random: Random;
  readonly #corpus: Input[];
  readonly #talks = natInputs().map(keepInput);
  readonly #places = Array.from({ length: BURST }, blankInput);
  #bursts = 0;
  #host = true;
  #poison = 0xa5;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#corpus = seedInputs().map(keepInput);
  }

  get corpusSize(): number {
    return this.#corpus.length;
  }

  /** The next burst, to be used before the one after it is made: its inputs lie in the same places. */
  next(): Burst {
    if (this.#bursts++ % HOST_EVERY === 0) this.#host = this.#random(3) !== 0;
    if (this.#bursts % POISON_EVERY === 0) this.#poison = this.#random(256);
    if (this.#random(SINGLE_EVERY) === 0) return { setting: this.#scarce(), inputs: this.#fill(1) };
    if (this.#random(TALK_EVERY) === 0) return { setting: this.#inTurn(), inputs: this.#talk() };
    return { setting: this.#plain(), inputs: this.#fill(BURST) };
  }

  /** Keeps an input of the last burst, to make others from. */
  keep(input: Input): void {
    const kept = keepInput(input);
    if (this.#corpus.length < CORPUS) this.#corpus.push(kept);
    else this.#corpus[this.#random(CORPUS)] = kept;
  }

  #fill(count: number): readonly Input[] {
    const inputs = this.#places.slice(0, count);
    for (const input of inputs) {
      if (count === 1 || this.#random(AGAIN) === 0) copyInput(input, this.#any());
      for (let left = this.#random(4); left > 0; left--) mutate(input, this.#any(), this.#random);
      if (count > 1) this.#slim(input);
      repair(input, this.#random);
    }
    return inputs;
  }

  /** Most packets of a burst are short and in one piece: that is where the bugs are, and ten times faster. */
  #slim(input: Input): void {
    const random = this.#random;
    input.length = Math.min(input.length, random(32) === 0 ? 1600 : 256);
    if (random(4) === 0) return;
    input.firstSegment = 0;
    input.otherSegments = 0;
  }

  /** Packets as stations inside and others send them, every fourth of them changed. */
  #talk(): readonly Input[] {
    const inputs = this.#places.slice(0, TALK);
    for (const input of inputs) {
      copyInput(input, this.#random(8) === 0 ? this.#any() : this.#any(this.#talks));
      for (let left = this.#random(8) - 5; left > 0; left--) mutate(input, this.#any(), this.#random);
      this.#slim(input);
      repair(input, this.#random);
    }
    return inputs;
  }

  #any(among: readonly Input[] = this.#corpus): Input {
    const input = among[this.#random(among.length)];
    if (!input) throw new Error('the corpus is empty');
    return input;
  }

  #inTurn(): Setting {
    const random = this.#random;
    return { ...this.#plain(), turns: true, ...(random(8) === 0 ? { sessions: random(4) } : {}) };
  }

  #plain(): Setting {
    const random = this.#random;
    return {
      slow: random(2) ? 'traced' : 'measured',
      vector: random(4) ? 0 : 1 + random(63),
      poison: this.#poison,
      host: this.#host,
      ...(random(3) === 0 ? { suppress: true as const } : {}),
      ...(random(8) === 0 ? { bridge: bridgeFaults[random(2)] } : {}),
    };
  }

  #scarce(): Setting {
    const random = this.#random;
    const kind = random(8);
    return {
      ...this.#plain(),
      ...(kind === 0 ? { errors: 1 + random(3) } : {}),
      ...(kind === 1 || kind === 2 ? { buffers: random(4) } : {}),
      ...(kind === 3 ? { events: random(2) ? random(4) : 3584 + random(4) } : {}),
      ...(kind === 4 ? { transmit: random(3) } : {}),
      ...(kind === 5 ? { rate: random(600) } : {}),
      ...(kind === 6 ? { sessions: 0 } : {}),
    };
  }
}
