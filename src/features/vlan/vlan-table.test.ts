import assert from 'node:assert/strict';
import { it } from 'node:test';
import { VLAN_BLOCKS } from './layout.ts';
import { VlanTable } from './vlan-table.ts';

/** A table whose workers pass quiet points when they are told to. */
function newTable() {
  const blocks = new Map<number, number>();
  let quiet = Promise.withResolvers<void>();
  const table = new VlanTable({
    functions: { setVlanBlock: (parent, block) => void blocks.set(parent, block), setVlanMember: () => {} },
    quiet: () => quiet.promise,
  });
  const passQuietPoint = async () => {
    quiet.resolve();
    quiet = Promise.withResolvers();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { table, blocks, passQuietPoint };
}

it('a block is used again only after every worker has passed a quiet point', async () => {
  const { table, blocks, passQuietPoint } = newTable();
  table.add(7, 5, 100);
  table.delete(7, 5);
  assert.equal(blocks.get(7), 0);
  table.add(8, 5, 101);
  assert.equal(blocks.get(8), 2);
  await passQuietPoint();
  table.add(9, 5, 102);
  assert.equal(blocks.get(9), 1);
});

it('as many interfaces as there are blocks have sub-interfaces, and each as many as it likes', () => {
  const { table } = newTable();
  for (let parent = 1; parent < VLAN_BLOCKS; parent++) table.add(parent, 5, 10_000 + parent);
  assert.throws(() => table.checkRoom('add', VLAN_BLOCKS), { code: 'ENOSPC' });
  table.checkRoom('add', 1);
  for (let vlanId = 1; vlanId < 4095; vlanId++) table.add(1, vlanId, vlanId);
  assert.equal(table.members(1).length, 4094);
  assert.equal(table.find(1, 4094), 4094);
  assert.equal(table.find(2, 4094), undefined);
});
