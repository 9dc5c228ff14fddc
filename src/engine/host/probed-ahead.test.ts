import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ealBegin, ealCleanup, portList } from './dpdk.ts';
import { ProbedAhead } from './probed-ahead.ts';

const eal = ealBegin({ hugepages: false });
const probed = new ProbedAhead(eal, ['net_ring0', 'net_null0,bogus=1', 'net_null1', 'net_null2']);
after(() => ealCleanup());

test('a device that was probed ahead is given away once', async () => {
  assert.equal(await probed.take('net_ring0'), 0);
  assert.equal(await probed.take('net_ring0'), undefined);
  assert.deepEqual(portList().slice(0, 1), [0]);
});

test('a device that refuses is left to whoever adds it, and those behind it are probed', async () => {
  assert.equal(await probed.take('net_null0,bogus=1'), undefined);
  assert.equal(await probed.take('net_null1'), 1);
});

test('what nobody has taken is closed', async () => {
  await probed.close();
  assert.deepEqual(portList(), [0, 1]);
});

test('where EAL does not start, there is nothing to take', async () => {
  const none = new ProbedAhead(Promise.reject(new Error('no memory')), ['net_null0']);
  assert.equal(await none.take('net_null0'), undefined);
});
