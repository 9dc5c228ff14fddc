import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeOf, standstillOf } from './standstill.ts';
import { kernelPlace, threadTimes } from './thread-times.ts';

const still = { ms: 1000, ranMs: 0, withoutCpuMs: 0, pagesRead: 0 };

test('a worker that runs all the time is kept by its own work', () => {
  assert.equal(causeOf({ ...still, ranMs: 990 }, undefined), '');
});

test('one whose CPU others have is kept by them', () => {
  assert.equal(causeOf({ ...still, ranMs: 100, withoutCpuMs: 890 }, undefined), ', and others use its CPU');
});

test('one that neither runs nor waits for its CPU sleeps in the kernel, and for what is told as far as it is known', () => {
  assert.equal(causeOf(still, undefined), ', and sleeps in the kernel');
  const pages = causeOf({ ...still, pagesRead: 3 }, 'folio_wait_bit_common');
  assert.equal(pages, ', and sleeps in the kernel (folio_wait_bit_common), after 3 pages read from disk');
});

test('what a thread does between two looks is the difference of what the kernel has counted', () => {
  const before = threadTimes(process.pid);
  for (const endMs = performance.now() + 20; performance.now() < endMs; ) {}
  const { ranMs, withoutCpuMs, pagesRead } = standstillOf(1000, before, threadTimes(process.pid));
  assert.ok(ranMs + withoutCpuMs >= 15, `${ranMs} ${withoutCpuMs}`);
  assert.ok(pagesRead >= 0);
  assert.equal(kernelPlace(process.pid), undefined);
});

test('one that is ready and has not run still waits, which the kernel counts only when it ends', () => {
  const before = { ranMs: 5, waitedMs: 7, isReady: false, pagesRead: 0 };
  const { withoutCpuMs } = standstillOf(1000, before, { ...before, isReady: true });
  assert.equal(withoutCpuMs, 1000);
});

test('a thread that is gone has done nothing', () => {
  assert.deepEqual(threadTimes(2 ** 30), { ranMs: 0, waitedMs: 0, isReady: false, pagesRead: 0 });
});
