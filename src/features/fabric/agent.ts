import type { Logger } from 'pino';
import type { RouterClient } from '../../engine/client/router-client.ts';
import { type Changes, changesBetween, changesText } from './changes.ts';
import { piecesOf, type RouterPlan } from './pieces.ts';
import { presentIn } from './present.ts';

export { changesText, type RouterPlan };

/** What applying a plan needs. */
export interface FabricNeeds {
  readonly router: RouterClient;
  /** Runs lines of ctl; the first that fails ends it. */
  readonly runLines: (lines: readonly string[]) => Promise<void>;
  readonly log: Pick<Logger, 'info' | 'error' | 'warn'>;
}

/** Says what would be done to make a router what a plan says. */
export async function planChanges(router: RouterClient, plan: RouterPlan): Promise<Changes> {
  return changesBetween(piecesOf(plan), await presentIn(router));
}

/**
 * Makes a router what a plan says, with the least changes, and looks again: what could not be done is logged line by
 * line, and keeps nothing else from being done. Resolves to the number of lines that failed.
 */
export async function applyPlan({ router, runLines, log }: FabricNeeds, plan: RouterPlan): Promise<number> {
  for (const refused of piecesOf(plan).refused) log.warn({ refused }, 'a part of the plan is not applied');
  const { add, remove } = await planChanges(router, plan);
  if (add.length + remove.length === 0) return 0;
  log.info({ adds: add.length, removes: remove.length }, 'the plan is applied');
  const isDone = await runLines([...add, ...remove]).then(
    () => true,
    () => false,
  );
  if (isDone) return 0;
  const left = await planChanges(router, plan);
  let failed = 0;
  for (const line of [...left.add, ...left.remove]) {
    await runLines([line]).catch((error: unknown) => {
      failed += 1;
      log.error({ error, line }, 'a line of the plan could not be applied');
    });
  }
  return failed;
}
