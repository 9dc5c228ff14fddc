import { MAX_WORKERS, WORKER_AREA_BYTES, WORKER_AREAS } from '../layout.ts';
import { type Datapath, type Instance, tableFunctions } from './datapath.ts';
import { type Needs, otherTables } from './fits.ts';

/** Picks functions of a datapath by name. @throws Error when some are missing */
export type TakeFunctions = <T>(names: readonly (keyof T & string)[]) => T;

/** How a keeper writes its tables again, when a build takes over that has them elsewhere. */
export interface Rewrite {
  /** Tables whose bytes only the datapath's functions read and write. */
  readonly tables: readonly string[];
  /** Numbers of its layout that it does without. */
  readonly unknown?: readonly string[];
  /**
   * Writes all that is in the tables by the functions that it has been given, which are the new build's now; the
   * tables are empty. What only the datapath knows is to be read by the functions of before. In one go: nobody may
   * change anything meanwhile.
   *
   * @throws what makes it impossible
   */
  write(before: TakeFunctions): void;
  /** Gives back what only the tables of a build that ran before lead to, by its functions: no worker reads them. */
  release?(before: TakeFunctions): void;
}

/** What is done for tables that another build has elsewhere: their keepers write them again there. */
export class Rewrites {
  readonly #memory: Uint8Array;
  readonly #rewrites: Rewrite[] = [];

  constructor(memory: Uint8Array) {
    this.#memory = memory;
  }

  /** Adds a keeper; they write in the order they came: lower features first. */
  add(rewrite: Rewrite): void {
    this.#rewrites.push(rewrite);
  }

  /** The tables that can be written again, and what their keepers do without. */
  get needs(): Needs['rewrites'] {
    return this.#rewrites.map(({ tables, unknown = [] }) => ({ tables, unknown }));
  }

  /** Writes what the datapath `to` has elsewhere than `from`, once its functions have been handed out. @throws what a keeper throws */
  write(from: Datapath, to: Datapath, before: Instance['exports']): void {
    const others = otherTables(from.info, to.info);
    const news = Object.keys(to.info.tables).filter((name) => !(name in from.info.tables));
    for (const name of [...others, ...news]) this.#clear(to, name);
    for (const rewrite of this.#concerned(others)) rewrite.write(takeFrom(before));
  }

  /** Gives back what only the tables of `gone` lead to, which has them elsewhere than the datapath that runs. */
  release(gone: Datapath, runs: Datapath, functions: Instance['exports']): void {
    for (const rewrite of this.#concerned(otherTables(gone.info, runs.info)))
      rewrite.release?.(takeFrom(functions));
  }

  #concerned(others: readonly string[]): readonly Rewrite[] {
    return this.#rewrites.filter(({ tables }) => tables.some((name) => others.includes(name)));
  }

  #clear({ info }: Datapath, name: string): void {
    const place = info.tables[name];
    if (!place) return;
    const areas = place.perWorker ? MAX_WORKERS + 1 : 1;
    for (let area = 0; area < areas; area++) {
      const start = place.address + (place.perWorker ? WORKER_AREAS + area * WORKER_AREA_BYTES : 0);
      this.#memory.fill(0, start, start + place.bytes);
    }
  }
}

function takeFrom(exports: Instance['exports']): TakeFunctions {
  return (names) => tableFunctions(exports, names);
}
