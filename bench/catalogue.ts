import type { Bench } from './bench.ts';
import { forward, forward6, forwardMillion } from './benches/forward.ts';

/** All benchmarks, in the order they are run and shown. */
export const catalogue: readonly Bench[] = [forward, forward6, forwardMillion];
