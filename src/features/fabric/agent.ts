import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { RouterClient } from '../../engine/client/router-client.ts';
import { applyPieces, type Failure } from './apply.ts';
import { type Changes, changesBetween, changesText } from './changes.ts';
import { Made } from './made.ts';
import { nodeStatus } from './node-status.ts';
import { piecesOf } from './pieces.ts';
import { presentIn } from './present.ts';
import type { RouterPlan } from './router-plan.ts';
import { readNodeStatus, writeNodeStatus } from './status-files.ts';

export { changesText, type RouterPlan };

/** Says what would be done to make a router what a plan says, by an agent with this directory. */
export async function planChanges(
  router: RouterClient,
  plan: RouterPlan,
  stateDirectory: string,
): Promise<Changes> {
  return changesBetween(piecesOf(plan), { keys: await presentIn(router), made: Made.read(stateDirectory) });
}

/** What a fabric is made with. */
export interface FabricOptions {
  readonly stateDirectory: string;
  /** Where the node's status goes: NODE.json. */
  readonly statusDirectory: string;
  /** Runs lines of ctl; the first that fails ends it. */
  readonly runLines: (lines: readonly string[]) => Promise<void>;
  /** Applies the plan again, after some of it has failed. */
  readonly again: () => void;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** Makes a node's router what its plan says, and tries again what failed, until closed. */
export class Fabric {
  readonly #options: FabricOptions;
  readonly #made: Made;
  #retry: NodeJS.Timeout | undefined;
  #failures = '';

  /** Opens the notes of what was made. @throws Error where they cannot be written */
  constructor(options: FabricOptions) {
    this.#options = options;
    this.#made = Made.open(options.stateDirectory);
  }

  /** Applies a plan; what of it fails is logged once, and tried again. @throws RemoteError without a router */
  async apply(router: RouterClient, plan: RouterPlan): Promise<void> {
    clearTimeout(this.#retry);
    const { runLines, log } = this.#options;
    try {
      const failures = await applyPieces({ router, runLines, log, made: this.#made }, piecesOf(plan));
      this.#tell(failures);
      this.#writeStatus(plan, failures);
      if (failures.length > 0) this.#tryAgainLater();
    } catch (error) {
      this.#tryAgainLater();
      throw error;
    }
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#made.close();
  }

  #tryAgainLater(): void {
    this.#retry = setTimeout(this.#options.again, RETRY_MS).unref();
  }

  #writeStatus(plan: RouterPlan, failures: readonly Failure[]): void {
    const { statusDirectory, log } = this.#options;
    const before = readNodeStatus(statusDirectory, plan.node);
    const status = nodeStatus(plan, failures, { before, now: new Date() });
    try {
      if (!isDeepStrictEqual(status, before)) writeNodeStatus(statusDirectory, status);
    } catch (error) {
      log.error({ error }, 'the status of the node could not be written');
    }
  }

  #tell(failures: readonly Failure[]): void {
    const text = JSON.stringify(failures);
    if (text === this.#failures) return;
    this.#failures = text;
    for (const { line, reason } of failures)
      this.#options.log.error({ line, reason }, 'a line of the plan could not be applied');
  }
}

const RETRY_MS = 5000;
