import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { CONTROL_TICKS_PER_SECOND } from '../../engine/layout.ts';
import { LinkBench } from '../interface/testing/link-bench.ts';
import { Policers } from './policers.ts';
import { frame1000, limitOf } from './testing/limits.ts';
import type { Payment } from './testing/paying-thread.ts';

const FRAMES = 100_000;

test('workers that receive at the same time pay from one bucket, to the last byte', async () => {
  const links = await LinkBench.open();
  links.interfaces.defineMode('XC', 'xc-forward');
  links.bench.view.setBigUint64(CONTROL_TICKS_PER_SECOND, 1_000_000_000n, true);
  const policers = new Policers(links.router, links.interfaces);
  const { id: domain } = links.port(9);
  const committedBurst = FRAMES * frame1000.length;
  policers.add('shared', limitOf({ committedRate: 8_000_000_000n, committedBurst }));
  for (const number of [1, 2]) {
    links.port(number, { domain });
    policers.bind('shared', `p${number}`, 'in');
  }
  const passed = await payAtOnce(links.bench);
  assert.equal(passed[0] + passed[1], FRAMES, passed.join(' + '));
});

/** Has two workers receive so many frames each at the same time; tells how many of them passed. */
async function payAtOnce({ datapath, memory }: LinkBench['bench']): Promise<readonly [number, number]> {
  const begin = new SharedArrayBuffer(4);
  const threads = [1, 2].map((worker) => {
    const workerData: Payment = {
      module: datapath.module,
      memory,
      worker,
      port: worker,
      frames: FRAMES,
      begin,
    };
    return new Worker(new URL('./testing/paying-thread.ts', import.meta.url), { workerData });
  });
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const ends = threads.map(async (thread) => Number((await once(thread, 'message'))[0]));
  Atomics.store(new Int32Array(begin), 0, 1);
  Atomics.notify(new Int32Array(begin), 0);
  const [first = 0, second = 0] = await Promise.all(ends);
  return [first, second];
}
