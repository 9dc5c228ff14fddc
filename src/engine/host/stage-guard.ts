import { CONTROL_DISABLED, MODE_DISABLED } from '../layout.ts';
import type { ModeBits } from './mode-bits.ts';

/** Counts traps by stage, and switches a stage off that traps again and again: its packets are dropped by name. */
export class StageGuard {
  readonly #view: DataView;
  readonly #mode: ModeBits;
  readonly #counts = new Map<number, number>();
  readonly #recent = new Map<number, readonly number[]>();
  readonly #disabled = new Set<number>();

  constructor(view: DataView, mode: ModeBits) {
    this.#view = view;
    this.#mode = mode;
  }

  /** Counts a trap; true when it was one too many, and the stage is off now. */
  note(stage: number, nowMs: number): boolean {
    this.#counts.set(stage, this.traps(stage) + 1);
    const recent = [...(this.#recent.get(stage) ?? []), nowMs].filter((at) => at > nowMs - WINDOW_MS);
    this.#recent.set(stage, recent);
    if (recent.length < MOST_TRAPS || stage === FIRST_STAGE || this.#disabled.has(stage)) return false;
    this.#set(stage, true);
    return true;
  }

  /** Switches a stage on again; false when it was on. */
  enable(stage: number): boolean {
    if (!this.#disabled.has(stage)) return false;
    this.#recent.delete(stage);
    this.#set(stage, false);
    return true;
  }

  /** Ids of the stages that are off. */
  get disabled(): ReadonlySet<number> {
    return this.#disabled;
  }

  /** Traps of a stage since the start. */
  traps(stage: number): number {
    return this.#counts.get(stage) ?? 0;
  }

  /** Workers read the bits while the mode says so, at their next batch. */
  #set(stage: number, off: boolean): void {
    const address = CONTROL_DISABLED + (stage >> 6) * 8;
    const bit = 1n << BigInt(stage & 63);
    const bits = this.#view.getBigUint64(address, true);
    this.#view.setBigUint64(address, off ? bits | bit : bits & ~bit, true);
    if (off) this.#disabled.add(stage);
    else this.#disabled.delete(stage);
    this.#mode.set(MODE_DISABLED, this.#disabled.size > 0);
  }
}

/** So many traps of one stage within so many milliseconds are one too many. */
export const MOST_TRAPS = 10;
const WINDOW_MS = 10_000;
/** All packets come by the first stage: to switch it off would end the router, and its traps cost single bursts. */
const FIRST_STAGE = 0;
