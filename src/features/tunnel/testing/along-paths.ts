import assert from 'node:assert/strict';
import { WORKER_AREAS, WORKER_STAGE } from '../../../engine/layout.ts';
import type { Bench, Outcome } from '../../../engine/testing/bench.ts';

/** No stage: what the worker remembers of the last one that packets have waited for. */
const NONE = 0xffff;
/** Where the worker keeps how many bursts are left until one is measured, which goes stage by stage (datapath/worker.ts). */
const UNTIL_MEASURED = 108;

/** Does something, none of whose packets may wait for a stage but to begin a common path there. */
export function alongPaths(bench: Bench, work: () => Outcome): Outcome {
  bench.view.setUint32(WORKER_AREAS + WORKER_STAGE, NONE, true);
  bench.view.setUint32(WORKER_AREAS + UNTIL_MEASURED, 1000, true);
  const outcome = work();
  const last = bench.view.getUint32(WORKER_AREAS + WORKER_STAGE, true);
  assert.equal(last, NONE, `packets have waited for ${bench.datapath.info.graph.nodes[last]?.name}`);
  return outcome;
}
