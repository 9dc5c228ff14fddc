import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSampleBench } from './testing/sample-bench.ts';
import { WorkerWatch } from './worker-watch.ts';

test('a worker that stands still is named once, and again when it moves', async () => {
  const { bench, source } = await openSampleBench();
  const told: string[] = [];
  let workers = [{ index: 0, cpu: 3 }];
  let times = { ranMs: 5, waitedMs: 70, isReady: false, pagesRead: 1 };
  const watch = new WorkerWatch({
    source,
    workers: () => workers,
    timesOf: () => times,
    listener: {
      stuck: ({ index, cpu }, { ms, ranMs, withoutCpuMs, pagesRead }) =>
        told.push(`stuck ${index} on ${cpu} ${ms}: ${ranMs} ${withoutCpuMs} ${pagesRead}`),
      moving: (worker) => told.push(`moving ${worker.index}`),
      gone: (index) => told.push(`gone ${index}`),
    },
  });
  watch.check(0);
  bench.run();
  watch.check(900);
  watch.check(1800);
  assert.deepEqual(told, []);
  times = { ranMs: 45, waitedMs: 1000, isReady: false, pagesRead: 4 };
  watch.check(2000);
  watch.check(3000);
  assert.deepEqual(told, ['stuck 0 on 3 1100: 40 930 3']);
  assert.deepEqual(watch.stuck, [{ index: 0, cpu: 3 }]);
  bench.run();
  watch.check(3100);
  assert.deepEqual(told, ['stuck 0 on 3 1100: 40 930 3', 'moving 0']);
  assert.deepEqual(watch.stuck, []);
  watch.check(4050);
  watch.check(4200);
  workers = [];
  watch.check(4300);
  assert.deepEqual(told.slice(2), ['stuck 0 on 3 1100: 0 0 0', 'gone 0']);
});

test('a worker is not blamed for the time that the whole process stood still', async () => {
  const { source } = await openSampleBench();
  const told: string[] = [];
  const listener = { stuck: () => told.push('stuck'), moving: () => told.push('moving'), gone: () => {} };
  const workers = () => [{ index: 0, cpu: 3 }];
  const none = { ranMs: 0, waitedMs: 0, isReady: false, pagesRead: 0 };
  const watch = new WorkerWatch({ source, workers, listener, timesOf: () => none });
  watch.check(0);
  watch.check(5000);
  watch.check(5900);
  assert.deepEqual(told, []);
  watch.check(6000);
  assert.deepEqual(told, ['stuck']);
});
