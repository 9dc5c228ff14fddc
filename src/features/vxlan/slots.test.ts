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
