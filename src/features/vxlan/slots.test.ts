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

test('VNIs that come and go in any order, in rows and far from each other, are there exactly while they are bound', () => {
  const bound = new Set<number>();
  let seed = 7;
  const random = (limit: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed >>> 8) % limit;
  };
  for (let step = 0; step < 120_000; step++) {
    const number = random(40_000);
    const vni = number % 2 === 0 ? 1 + number : 1 + ((number * 65_521) & 0xffffff);
    if (random(4) === 0 || bound.size === 32_000) {
      assert.equal(table.unbindVni(9, vni), bound.delete(vni) ? 1 : 0);
    } else {
      assert.equal(table.bindVni(9, vni, 77), 1);
      bound.add(vni);
    }
  }
  for (const vni of bound) assert.equal(table.unbindVni(9, vni), 1);
  for (const vni of bound) assert.equal(table.unbindVni(9, vni), 0);
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
