import { Finding, type Invariant } from './finding.ts';
import { Generator } from './generate/generator.ts';
import { type Burst, keepInput } from './input.ts';
import type { Machine } from './machine/machine.ts';
import { minimize } from './minimize.ts';

/** Bursts between two looks at all buffers. */
const THOROUGH_EVERY = 4096;

/** What only such a look finds: it takes long, and a burst is made smaller in thousands of tries. */
const thoroughly: readonly Invariant[] = ['nothing beyond the packet', 'tables stand still'];

/** Something found, and the smallest burst that shows it. */
export interface Found {
  readonly finding: Finding;
  readonly burst: Burst;
  /** Whether the burst shows it alone; otherwise it takes what came before, and the seed. */
  readonly alone: boolean;
}

/** Gives a machine burst after burst, and keeps what reaches something new. */
export class Fuzzer {
  readonly machine: Machine;
  readonly #generator: Generator;
  bursts = 0;

  constructor(machine: Machine, seed: number) {
    this.machine = machine;
    this.#generator = new Generator(seed);
  }

  get corpusSize(): number {
    return this.#generator.corpusSize;
  }

  /** Runs so many bursts, or until something is found. */
  run(bursts: number): Found | undefined {
    for (let i = 0; i < bursts; i++) {
      const burst = this.#generator.next();
      const found = this.#tryOne(burst, this.bursts++ % THOROUGH_EVERY === 0);
      if (found) return found;
      for (const at of this.machine.coverage.fresh) {
        const input = burst.inputs[at];
        if (input) this.#generator.keep(input);
      }
    }
    return undefined;
  }

  #tryOne(burst: Burst, thorough: boolean): Found | undefined {
    const finding = findingOf(this.machine, burst, thorough);
    if (!finding) return undefined;
    const kept = { ...burst, inputs: burst.inputs.map(keepInput) };
    const { invariant } = finding;
    const looks = thoroughly.includes(invariant);
    const fails = (smaller: Burst) => findingOf(this.machine, smaller, looks)?.invariant === invariant;
    if (!fails(kept)) return { finding, burst: kept, alone: false };
    const smallest = minimize(kept, fails);
    return { finding: findingOf(this.machine, smallest, true) ?? finding, burst: smallest, alone: true };
  }
}

/** What a burst shows, if anything; the machine is as new afterwards. */
export function findingOf(machine: Machine, burst: Burst, thorough: boolean): Finding | undefined {
  try {
    machine.run(burst, thorough);
    return undefined;
  } catch (error) {
    machine.reset();
    if (error instanceof Finding) return error;
    throw error;
  }
}
