import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../net/address.ts';
import type { NextHop } from './next-hop.ts';
import { NextHopTable } from './next-hop-table.ts';

const blackhole = { id: 0, origin: 'static', vrf: 1, target: { type: 'blackhole' } } as const;
const neighbor = (iface: number, address: string, id = 0): Omit<NextHop, 'index'> => ({
  id,
  origin: 'static',
  vrf: 1,
  target: { type: 'L3', iface, address: parseAddress(address), mac: undefined, remote: false },
});

describe('next-hop table', () => {
  it('finds next hops by index, id, address and interface', () => {
    const { table } = open();
    const first = table.add('add', neighbor(1, '10.0.0.2', 5));
    const second = table.add('add', neighbor(2, '10.0.0.2'));
    assert.equal(table.find(first.index), first);
    assert.equal(table.findId(5), first);
    assert.equal(table.findNeighbor(2, parseAddress('10.0.0.2')), second);
    assert.equal(table.findNeighbor(3, parseAddress('10.0.0.2')), undefined);
    assert.deepEqual(table.ofInterface(1), [first]);
    table.remove(first);
    assert.equal(table.findId(5), undefined);
    assert.deepEqual(table.ofInterface(1), []);
  });

  it('moves a next hop to another address and id in its place', () => {
    const { table } = open();
    const before = table.add('add', neighbor(1, '10.0.0.2', 5));
    const after = table.change(before, neighbor(2, '10.0.0.3', 6));
    assert.equal(after.index, before.index);
    assert.deepEqual([table.findId(5), table.findId(6)], [undefined, after]);
    assert.equal(table.findNeighbor(1, parseAddress('10.0.0.2')), undefined);
    assert.equal(table.findNeighbor(2, parseAddress('10.0.0.3')), after);
  });

  it('is full at its limit, and when there are no indices left', () => {
    const { table } = open();
    table.max = 1;
    table.add('add', blackhole);
    assert.throws(() => table.add('add one more', blackhole), { code: 'ENOSPC', doing: 'add one more' });
    table.max = 100;
    table.add('add', blackhole);
    assert.throws(() => table.add('add', blackhole), { code: 'ENOSPC' });
  });

  it('gives ids that are free', () => {
    const { table } = open();
    table.add('add', { ...blackhole, id: 1 });
    table.add('add', { ...blackhole, id: 2 });
    assert.equal(table.freeId(), 3);
  });

  it('counts users, and never below none', () => {
    const { table } = open();
    const { index } = table.add('add', blackhole);
    table.use(index, 3);
    table.use(index, -2);
    assert.equal(table.users(index), 1);
    assert.throws(() => table.use(index, -2), RangeError);
  });

  it('stays as it was when somebody who listens cannot follow', () => {
    const { table, retired } = open();
    const kept = table.add('add', { ...blackhole, id: 1 });
    let failing = true;
    const fail = () => {
      if (!failing) return;
      failing = false;
      throw new Error('no memory');
    };
    table.listen({ added: fail, changed: fail });
    assert.throws(() => table.add('add', { ...blackhole, id: 2 }), /no memory/);
    assert.deepEqual([[...table.all], table.findId(2), retired], [[kept], undefined, [2]]);
    failing = true;
    assert.throws(() => table.change(kept, { ...blackhole, id: 3 }), /no memory/);
    assert.deepEqual([table.findId(1), table.findId(3)], [kept, undefined]);
  });

  it('tells of removals in reverse, so that users let go before what they use does', () => {
    const { table } = open();
    const told: string[] = [];
    for (const name of ['first', 'second']) {
      table.listen({
        added: () => told.push(`${name} added`),
        removing: () => told.push(`${name} removing`),
      });
    }
    table.remove(table.add('add', blackhole));
    assert.deepEqual(told, ['first added', 'second added', 'second removing', 'first removing']);
  });
});

/** A table of two indices. */
function open() {
  const free = [1, 2];
  const retired: number[] = [];
  const indices = { take: () => free.shift(), retire: (index: number) => void retired.push(index) };
  return { table: new NextHopTable(indices, 100), retired };
}
