import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ApiError } from '../api-error.ts';
import { fingerprint, nodesOf } from '../compiler/graph.ts';
import type { CurrentDatapath } from './current-datapath.ts';
import { type Datapath, type Instance, readInfo } from './datapath.ts';
import type { Needs } from './fits.ts';
import type { LiveFunctions } from './live-functions.ts';
import type { Rewrites } from './rewrites.ts';
import { RollbackTrouble } from './rollback-trouble.ts';
import type { RouterEvent } from './router-event.ts';
import { stageOfTrap } from './trap-stage.ts';
import { tryDatapath } from './trial.ts';
import type { Troubles } from './troubles.ts';
import type { WorkerView } from './worker-handle.ts';
import type { TrapReport } from './worker-messages.ts';

/** A build of the datapath, as it is shown. */
export interface Build {
  /** The file it came from, as whoever brought it calls it. */
  readonly name: string;
  /** Fingerprint of its code. */
  readonly build: string;
  readonly bytes: number;
  readonly since: Date;
}

/** How a build took over. */
export interface SwapResult {
  readonly compileMs: number;
  /** All that came before the workers were asked: compiling and self-test. */
  readonly trialMs: number;
  /** How long the control thread wrote tables that the build has elsewhere, while packets went on. */
  readonly rewriteMs: number;
  /** How long each worker left its packets alone. */
  readonly pausesMs: readonly number[];
}

/** What a swap needs of the router. */
export interface SwapOptions {
  readonly datapath: CurrentDatapath;
  readonly functions: LiveFunctions;
  readonly rewrites: Rewrites;
  /** The module that exports what a build must pass. */
  readonly trials: URL;
  readonly code: Uint8Array;
  readonly file: string;
  needs(): Needs;
  /** Makes an instance for the control thread. */
  instantiate(datapath: Datapath): Instance;
  /** Lets all workers go on with a module; gives their pauses. @throws Error when one does not answer */
  swapWorkers(module: Datapath['module']): Promise<readonly number[]>;
  /** Whether all workers run the module that they were told to. */
  areWorkersCurrent(): boolean;
  /** Waits until every worker has begun a new round. @throws Error when one stands still */
  quiet(): Promise<void>;
  /** Sets a node's counters of all workers to zero: nobody counts there. */
  clearCounters(node: number): void;
  readonly troubles: Pick<Troubles, 'begin' | 'end'>;
  readonly log: Logger;
  readonly emit: (event: RouterEvent) => void;
}

/** Lets builds of the datapath take over from each other while packets flow. */
export class DatapathSwap {
  readonly #options: SwapOptions;
  readonly #listeners: (() => void)[] = [];
  #build: Build;
  #swaps = 0;
  #trapped: ((reason: string) => void) | undefined;
  #isBusy = false;
  readonly #trouble: RollbackTrouble;

  constructor(options: SwapOptions) {
    this.#options = options;
    this.#build = describe(options.code, options.file);
    this.#trouble = new RollbackTrouble(options);
  }

  /** The build that runs. */
  get build(): Build {
    return this.#build;
  }

  /** How many builds have taken over since the start. */
  get swaps(): number {
    return this.#swaps;
  }

  /** Tells whoever has tables that the datapath fills itself that another build runs now. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Takes a worker's word that it has trapped, which ends a build in its first second; false when none is watched. */
  noteTrap(worker: WorkerView, { stage, stack, reason }: TrapReport): boolean {
    if (!this.#trapped) return false;
    const { graph, places } = this.#options.datapath.info;
    const name = graph.nodes[stage ?? stageOfTrap(stack, places) ?? -1]?.name ?? 'the engine';
    this.#trapped(`a trap of worker ${worker.index} in ${name}: ${reason}`);
    return true;
  }

  /** Takes word that workers have gone on with a module, or are gone: what a build was not brought back for may be over. */
  noteWorkers(): void {
    this.#trouble.noteWorkers();
  }

  /**
   * Tries a build, lets it take over between two bursts, and watches it for a second.
   *
   * @throws ApiError EBUSY, EINVAL when it is refused, ECANCELED when it ran and the one before it runs again, or was to
   */
  async swap(code: Uint8Array<ArrayBuffer>, name: string): Promise<SwapResult> {
    const doing = `swap the datapath for ${name}`;
    if (this.#isBusy) {
      throw new ApiError('EBUSY', {
        doing,
        expected: 'one swap at a time',
        received: 'another one under way',
      });
    }
    this.#isBusy = true;
    try {
      return await this.#tryAndSwap(doing, code, name);
    } finally {
      this.#isBusy = false;
    }
  }

  async #tryAndSwap(doing: string, code: Uint8Array<ArrayBuffer>, name: string): Promise<SwapResult> {
    const { datapath, trials } = this.#options;
    const startedMs = performance.now();
    const needs = this.#options.needs();
    const { module, compileMs } = await tryDatapath(code, { doing, trials, running: datapath.info, needs });
    const trialMs = performance.now() - startedMs;
    const before = { datapath: datapath.fixed, build: this.#build };
    const next = { datapath: { module, info: readInfo(module) }, build: describe(code, name) };
    const { rewriteMs, pausesMs } = await this.#takeOver(next, before, doing);
    this.#swaps++;
    this.#trouble.end();
    this.#tell('datapath swap', `build=${this.#build.build} file=${name}`);
    return { compileMs, trialMs, rewriteMs, pausesMs };
  }

  async #takeOver(
    next: Running,
    before: Running,
    doing: string,
  ): Promise<Pick<SwapResult, 'rewriteMs' | 'pausesMs'>> {
    const { promise: trap, resolve } = Promise.withResolvers<string>();
    const functionsBefore = this.#options.functions.exports;
    const rewriteMs = this.#rewrite(next.datapath, before.datapath, doing);
    this.#trapped = resolve;
    try {
      this.#clearNewCounters(before.datapath, next.datapath);
      const pausesMs = await this.#run(next);
      const reason = await Promise.race([trap, delay(PROBATION_MS, undefined)]);
      if (reason !== undefined) throw new Error(reason);
      await this.#options.quiet();
      this.#options.rewrites.release(before.datapath, next.datapath, functionsBefore);
      return { rewriteMs, pausesMs };
    } catch (cause) {
      throw await this.#rollBack(next, before, { cause, functionsBefore });
    } finally {
      this.#trapped = undefined;
    }
  }

  /** Writes the tables that a build has elsewhere, before any worker runs it. @throws ApiError EINVAL, and nothing has changed */
  #rewrite(next: Datapath, before: Datapath, doing: string): number {
    const startedMs = performance.now();
    try {
      this.#exchange(next, before);
    } catch (cause) {
      const received = `${textOf(cause)}; nothing has changed`;
      const expected = 'a build whose tables can be written from those of the running one';
      throw new ApiError('EINVAL', { doing, expected, received }, { cause });
    }
    return performance.now() - startedMs;
  }

  /** Lets the control thread's functions be those of another datapath, with all that lies elsewhere written there. */
  #exchange(to: Datapath, from: Datapath): void {
    const { functions, rewrites, instantiate, datapath } = this.#options;
    const before = functions.exports;
    const { exports } = instantiate(to);
    functions.replace(exports);
    datapath.replace(to);
    try {
      rewrites.write(from, to, before);
    } catch (error) {
      rewrites.release(to, from, exports);
      functions.replace(before);
      datapath.replace(from);
      throw error;
    }
  }

  /** Lets the control thread's datapath run on all workers. */
  async #run({ datapath, build }: Running): Promise<readonly number[]> {
    this.#build = build;
    for (const listener of this.#listeners) listener();
    return await this.#options.swapWorkers(datapath.module);
  }

  /** Lets the build before run again; returns the error that says why. */
  async #rollBack(
    failed: Running,
    before: Running,
    { cause, functionsBefore }: { readonly cause: unknown; readonly functionsBefore: Instance['exports'] },
  ): Promise<ApiError> {
    const problem = await this.#bringBack(failed, before, functionsBefore);
    const became = `${textOf(cause)}; ${problem ?? `${before.build.name} runs again`}`;
    this.#tell('datapath rollback', `build=${failed.build.build} file=${failed.build.name} ${became}`);
    return new ApiError(
      'ECANCELED',
      {
        doing: `swap the datapath for ${failed.build.name}`,
        expected: `a build that runs for ${PROBATION_MS} ms without a trap or a standstill`,
        received: became,
      },
      { cause },
    );
  }

  /** Lets the build before run again; returns what has kept it from that, in words, which health says from then on. */
  async #bringBack(
    failed: Running,
    before: Running,
    functionsBefore: Instance['exports'],
  ): Promise<string | undefined> {
    const { rewrites, functions } = this.#options;
    const functionsFailed = functions.exports;
    try {
      // What its tables say is a second old.
      rewrites.release(before.datapath, failed.datapath, functionsBefore);
      this.#exchange(before.datapath, failed.datapath);
    } catch (error) {
      const text = `${before.build.name} could not be brought back: ${textOf(error)}; ${failed.build.name} goes on`;
      this.#trouble.beginWithTables(failed.build.name, text);
      return text;
    }
    try {
      await this.#run(before);
      await this.#options.quiet();
      rewrites.release(failed.datapath, before.datapath, functionsFailed);
      return undefined;
    } catch (error) {
      const text = `${before.build.name} does not run again on all workers: ${textOf(error)}`;
      this.#trouble.beginWithWorkers(before.build.name, text);
      return text;
    }
  }

  /** Nodes that only the new build has may have the numbers of others that were there before. */
  #clearNewCounters(before: Datapath, next: Datapath): void {
    const known = new Set(nodesOf(before.info.graph).map(({ name }) => name));
    for (const { name, id } of nodesOf(next.info.graph))
      if (!known.has(name)) this.#options.clearCounters(id);
  }

  #tell(type: string, text: string): void {
    this.#options.log.info({ ...this.#build }, `${type}: ${text}`);
    this.#options.emit({ type, text });
  }
}

/** A datapath with what is shown of it. */
interface Running {
  readonly datapath: Datapath;
  readonly build: Build;
}

/** How long a build is watched before the one before it is let go. */
const PROBATION_MS = 1000;

function describe(code: Uint8Array, name: string): Build {
  return { name, build: fingerprint(code), bytes: code.length, since: new Date() };
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
