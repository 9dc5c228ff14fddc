import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SLOTS } from './layout.ts';
import { VxlanBench } from './testing/vxlan-bench.ts';

const { table } = await VxlanBench.open();

test('as many VNIs as there may be find room, come and go, and leave nothing behind', () => {
  const keys = Array.from({ length: 32768 }, (_, i) => ({ vrf: 2 + (i % 3), vni: 1 + i * 37 }));
  for (const round of [1, 2, 3]) {
    for (const { vrf, vni } of keys) assert.equal(table.bindVni(vrf, vni + round, 77), 1);
    for (const { vrf, vni } of keys) assert.equal(table.unbindVni(vrf, vni + round), 1);
    for (const { vrf, vni } of keys) assert.equal(table.unbindVni(vrf, vni + round), 0);
  }
});

test('a far end keeps its name, and another one in its place gets another name', () => {
  const address = [7n, 7n] as const;
  const name = table.putFarEnd(...address) >>> 0;
  assert.equal(table.putFarEnd(...address) >>> 0, name);
  assert.equal(table.retireFarEnd(...address) >>> 0, name);
  const meanwhile = table.putFarEnd(...address) >>> 0;
  assert.notEqual(meanwhile % SLOTS, name % SLOTS, 'its place waits for a quiet point');
  table.retireFarEnd(...address);
  table.freeFarEnd(meanwhile);
  table.freeFarEnd(name);
  const after = table.putFarEnd(...address) >>> 0;
  assert.equal(after % SLOTS, name % SLOTS);
  assert.notEqual(after, name);
});

test('far ends have the names that they had, in a table that those before them never were in', async () => {
  const { table: other } = await VxlanBench.open();
  const low = (i: number) => BigInt(i) * 0x1_0000_0001n;
  const names = Array.from({ length: 32000 }, (_, i) => table.putFarEnd(low(i + 1), 9n) >>> 0);
  const kept = names.flatMap((name, i) => (i % 2 === 0 ? [{ name, low: low(i + 1) }] : []));
  for (const [i, name] of names.entries()) {
    if (i % 2 === 0) continue;
    table.retireFarEnd(low(i + 1), 9n);
    table.freeFarEnd(name);
  }
  for (const far of kept) assert.equal(other.restoreFarEnd(far.low, 9n, far.name), 1);
  for (const far of kept) assert.equal(other.putFarEnd(far.low, 9n) >>> 0, far.name);
});
