import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CALL_PATIENCE_MS, QuietPoints, STARTING_PATIENCE_MS } from './quiet-points.ts';

test('a call waits for a worker without its CPU as long as it is told, and names it then', async () => {
  const quiet = pointsOf({ awayMs: 60_000 });
  quiet.patienceMs = 50;
  await assert.rejects(
    quiet.pass([worker]),
    /each to begin a round within 50 ms, got worker 3 \(CPU 1\).*in stage x, and sleeps in the kernel \(do_poll\)/,
  );
});

test('a start waits for it longer than a call would', async () => {
  assert.ok(STARTING_PATIENCE_MS >= 10 * CALL_PATIENCE_MS);
  const quiet = pointsOf({ awayMs: CALL_PATIENCE_MS + 200 });
  const startedMs = performance.now();
  await quiet.pass([worker]);
  assert.ok(performance.now() - startedMs > CALL_PATIENCE_MS);
});

test('nobody waits long again for a worker that was waited for in vain, until it moves', async () => {
  const quiet = pointsOf({ awayMs: 60_000 });
  assert.equal(await quiet.late([worker], 100), worker);
  const startedMs = performance.now();
  assert.equal(await quiet.late([worker], 60_000), worker);
  assert.ok(performance.now() - startedMs < 5000);
});

test('a worker is not blamed for the time in which whoever waits for it stood still, too', async () => {
  const quiet = pointsOf({ awayMs: 1300 });
  quiet.patienceMs = 1000;
  const passed = quiet.pass([worker]);
  for (const endMs = performance.now() + 1200; performance.now() < endMs; ) {}
  await passed;
});

test('what nobody waits for ends no sleep of a worker, and is over when that has woken up by itself', async () => {
  const woken: number[] = [];
  const quiet = pointsOf({ awayMs: 100, wake: (index) => woken.push(index) });
  await quiet.passUnhurried([worker]);
  assert.deepEqual(woken, []);
  await quiet.pass([worker]);
  assert.deepEqual(woken, [3]);
});

const worker = { index: 3, cpu: 1 };

/** Quiet points of a worker that begins its next round after a time. */
function pointsOf({ awayMs, wake = () => {} }: Away): QuietPoints {
  const backMs = performance.now() + awayMs;
  let epoch = 1;
  const options = {
    engine: { newEpoch: () => ++epoch },
    epochOf: () => (performance.now() < backMs ? 1 : epoch),
    roundsOf: () => (performance.now() < backMs ? 1n : 2n),
    wake,
    placeOf: () => 'in stage x',
    timesOf: () => ({ ranMs: 0, waitedMs: 0, isReady: false, pagesRead: 0 }),
    kernelPlaceOf: () => 'do_poll',
  };
  return new QuietPoints(options);
}

interface Away {
  readonly awayMs: number;
  readonly wake?: (index: number) => void;
}
