import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { RouterClient } from '../../engine/client/router-client.ts';
import { changesBetween, placesToMake, type Step } from './changes.ts';
import type { Made } from './made.ts';
import { type Piece, placeOf } from './piece.ts';
import { presentIn } from './present.ts';

/** What applying a plan needs. */
export interface ApplyNeeds {
  readonly router: RouterClient;
  readonly made: Made;
  /** Runs lines of ctl; the first that fails ends it. */
  readonly runLines: (lines: readonly string[]) => Promise<void>;
  readonly log: Pick<Logger, 'info'>;
}

/** A line that could not be done, and why. */
export interface Failure extends Step {
  readonly reason: string;
}

/**
 * Makes a router what it shall be, with the least changes, and looks again until it is: removing one thing may take
 * others along. What cannot be done keeps nothing else from being done; resolves to it.
 */
export async function applyPieces(needs: ApplyNeeds, pieces: readonly Piece[]): Promise<readonly Failure[]> {
  const { failures, keys } = await applyInRounds(needs, pieces);
  // What is neither there nor planned is nobody's any more: who adds it again by hand may keep it.
  needs.made.keepOnly(new Set([...pieces.map(({ key }) => key), ...keys].map(placeOf)));
  return failures;
}

/** How it went, and what the router had when it was looked at last. */
interface Applied {
  readonly failures: readonly Failure[];
  readonly keys: ReadonlySet<string>;
}

/** A thing that is made anew takes along what leads through it: that is made in the round after. */
const MOST_ROUNDS = 5;

async function applyInRounds(needs: ApplyNeeds, pieces: readonly Piece[]): Promise<Applied> {
  let keys: ReadonlySet<string> = new Set();
  let before: readonly Step[] = [];
  let failures: readonly Failure[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    keys = await presentIn(needs.router);
    const { add, remove } = changesBetween(pieces, { keys, made: needs.made.places });
    const steps = [...add, ...remove];
    if (steps.length === 0) return { failures: [], keys };
    if (round > 1 && isDeepStrictEqual(steps, before)) break;
    before = steps;
    needs.log.info({ adds: add.length, removes: remove.length }, 'the plan is applied');
    needs.made.note(placesToMake(pieces, keys));
    failures = round === 0 ? await runAtOnce(needs, steps) : await runEach(needs, steps);
  }
  const failed = new Set(failures.map(({ line }) => line));
  const silent = before.filter(({ line }) => !failed.has(line));
  const silently = silent.map((step) => ({ ...step, reason: 'it was done, and shows no effect' }));
  return { failures: [...failures, ...silently], keys };
}

/** What fails is found out in the next round. */
async function runAtOnce({ runLines }: ApplyNeeds, steps: readonly Step[]): Promise<readonly Failure[]> {
  await runLines(steps.map(({ line }) => line)).catch(() => undefined);
  return [];
}

async function runEach({ runLines }: ApplyNeeds, steps: readonly Step[]): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const step of steps) {
    await runLines([step.line]).catch((error: unknown) => {
      failures.push({ ...step, reason: error instanceof Error ? error.message : String(error) });
    });
  }
  return failures;
}
