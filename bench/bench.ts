import type { Log } from './peer.ts';

/** What the command line asks of every benchmark. */
export interface Settings {
  readonly runs: number;
  readonly seconds: number;
  /** Routes in the table; a few when absent. */
  readonly routes?: number;
  /** Packets of all sizes and both families, for `forward`. */
  readonly mix?: boolean;
  /** Names of the programs to compare with; all when absent. */
  readonly peers?: readonly string[];
  readonly log: Log;
}

/** Something that can be measured by name. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  run(settings: Settings): Promise<readonly Result[]>;
}

/** What was measured: the values of all runs, by the name of the program, and why some have none. */
export interface Result {
  readonly bench: string;
  readonly about: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly runs: Readonly<Record<string, readonly number[]>>;
  readonly skipped: Readonly<Record<string, string>>;
  readonly goals?: readonly Goal[];
  /** How the figure came about, when it is not plain. */
  readonly note?: string;
}

/** A bound on Millrace's own median, or on its ratio to a peer's. */
export type Goal = {
  readonly ratioTo?: string;
  /** What it must reach at least, where that is less than the goal; "reported" when any figure will do. */
  readonly must?: number | 'reported';
} & ({ readonly atLeast: number } | { readonly atMost: number });
