import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSampleBench } from './testing/sample-bench.ts';
import { WorkerWatch } from './worker-watch.ts';

test('a worker that stands still is named once, and again when it moves', async () => {
  const { bench, source } = await openSampleBench();
  const told: string[] = [];
  const watch = new WorkerWatch({
    source,
    workers: () => [{ index: 0, cpu: 3 }],
    listener: {
      stuck: (worker, ms) => told.push(`stuck ${worker.index} on ${worker.cpu} ${ms}`),
      moving: (worker) => told.push(`moving ${worker.index}`),
    },
  });
  watch.check(0);
  bench.run();
  watch.check(900);
  watch.check(1800);
  assert.deepEqual(told, []);
  watch.check(2000);
  watch.check(3000);
  assert.deepEqual(told, ['stuck 0 on 3 1100']);
  assert.deepEqual(watch.stuck, [{ index: 0, cpu: 3 }]);
  bench.run();
  watch.check(3100);
  assert.deepEqual(told, ['stuck 0 on 3 1100', 'moving 0']);
  assert.deepEqual(watch.stuck, []);
});
