import {
  POLICE_DROP,
  POLICE_INPUT_PLACE,
  POLICE_OUTPUT_PLACE,
  POLICE_PASS,
} from '../../src/features/police/layout.ts';
import type { Ground } from './ground.ts';
import { addStep } from './steps.ts';

/** Limits that let all pass, mark all, drop all; and one that drops what is more than a burst may have. */
const [PASSING, MARKING, DROPPING] = [1, 2, 3] as const;
export const HELD = 4;
/** What is marked gets this DSCP. */
const MARK = 12;
/** A byte takes a tick, and no time at all, in 2⁻²⁴ ticks. */
const TICK = 1n << 24n;
const NOTHING = 0n;
const LIMIT_BYTES = 128;

const limits = [
  { limit: PASSING, committed: NOTHING, excess: TICK, yellow: POLICE_DROP, red: POLICE_DROP },
  { limit: MARKING, committed: TICK, excess: NOTHING, yellow: MARK, red: POLICE_DROP },
  { limit: DROPPING, committed: TICK, excess: TICK, yellow: POLICE_PASS, red: POLICE_DROP },
  { limit: HELD, committed: TICK, excess: TICK, yellow: POLICE_PASS, red: POLICE_DROP },
] as const;

/** Interfaces and the limits of what they receive and send; zero is none. */
const bindings = [
  { iface: 2, into: MARKING, out: HELD },
  { iface: 20, into: HELD, out: PASSING },
  { iface: 22, into: PASSING, out: HELD },
  { iface: 16, into: HELD, out: HELD },
  { iface: 12, into: HELD, out: HELD },
  { iface: 27, into: HELD, out: PASSING },
  { iface: 31, into: DROPPING, out: 0 },
] as const;

/** Rate limits that hold packets as a burst wants it. */
export interface FuzzedLimits {
  /** Fills all buckets, and lets so many bytes of a burst pass where bytes are held. */
  fill(bytes: number): void;
}

/** Adds rate limits, and interfaces that hold packets to them. */
export function addLimits(ground: Ground): FuzzedLimits {
  const { bench } = ground.topology;
  const functions = bench.tables<Functions>(functionNames);
  for (const { limit, committed, excess, yellow, red } of limits) {
    functions.setPolicerRates(limit, committed, 0n, excess, 0n);
    functions.setPolicerActions(limit, POLICE_PASS, yellow, red);
  }
  for (const { iface, into, out } of bindings) {
    functions.setPoliceBinding(iface, into, out);
    if (into) addStep(ground, iface, { way: 'input', place: POLICE_INPUT_PLACE, stage: 'police-input' });
    if (out) addStep(ground, iface, { way: 'output', place: POLICE_OUTPUT_PLACE, stage: 'police-output' });
  }
  ground.marks.set(1, MARK);
  const buckets = bench.region('POLICERS') + HELD * LIMIT_BYTES;
  return {
    fill(bytes) {
      for (const bucket of [0, 8]) bench.view.setBigUint64(buckets + bucket, 0n, true);
      for (const depth of [72, 88]) bench.view.setBigUint64(buckets + depth, BigInt(bytes) << 8n, true);
    },
  };
}

interface Functions {
  setPolicerRates(
    limit: number,
    committedCost: bigint,
    committedDepth: bigint,
    excessCost: bigint,
    excessDepth: bigint,
  ): void;
  setPolicerActions(limit: number, green: number, yellow: number, red: number): void;
  setPoliceBinding(iface: number, into: number, out: number): void;
}

const functionNames = ['setPolicerRates', 'setPolicerActions', 'setPoliceBinding'] as const;
