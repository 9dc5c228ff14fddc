import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { parseAddress } from '../../net/address.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { ruleMet } from './explain.ts';
import { type FilterBench, frame4, openFilterBench, ruleOf, transport } from './testing/filter-bench.ts';

let bench: FilterBench;

beforeEach(async () => {
  bench = await openFilterBench();
});

const datagram = frame4({}, transport(1, 2));
const fate = () => Object.keys(bench.links.receive(1, datagram).ended).join();
const counts = () => bench.filters.named('test', 'list').rules.map((rule) => Number(packetsOf(rule)));
const packetsOf = (rule: Parameters<typeof bench.filters.count>[1]) =>
  bench.filters.count(bench.filters.named('test', 'list'), rule).packets;

describe('rules', () => {
  it('stand in the order of their indexes, ten apart where nobody says otherwise', () => {
    const { filters } = bench;
    assert.equal(filters.add('list', ruleOf()), 10);
    assert.equal(filters.add('list', ruleOf()), 20);
    assert.equal(filters.add('list', ruleOf({ index: 15 })), 15);
    assert.equal(filters.add('list', ruleOf()), 30);
    assert.deepEqual(
      filters.named('test', 'list').rules.map(({ index }) => index),
      [10, 15, 20, 30],
    );
    assert.throws(() => filters.add('list', ruleOf({ index: 15 })), { code: 'EEXIST' });
    assert.throws(() => filters.add('list', ruleOf({ index: 0 })), { code: 'ERANGE' });
    assert.throws(() => filters.removeRule('list', 16), { code: 'ENOENT' });
  });

  it('change while packets are compared with them', () => {
    bench.filters.add('list', ruleOf({ index: 20 }));
    bench.bindings.bind('list', 'p1', 'in');
    assert.equal(fate(), 'sent');
    bench.filters.add('list', ruleOf({ index: 10, action: 'deny' }));
    assert.equal(fate(), 'filter-denied');
    bench.filters.removeRule('list', 10);
    assert.equal(fate(), 'sent');
    bench.filters.removeRule('list', 20);
    assert.equal(fate(), 'filter-denied');
  });

  it('of another list come in their place in one step', () => {
    const { filters } = bench;
    filters.add('list', ruleOf({ action: 'deny' }));
    filters.add('next', ruleOf());
    bench.bindings.bind('list', 'p1', 'in');
    filters.set('list', { rules: filters.named('test', 'next').rules });
    assert.equal(fate(), 'sent');
    filters.removeRule('next', 10);
    assert.equal(fate(), 'sent');
  });

  it('count packets and bytes, and go on where they were when others change', () => {
    bench.filters.add('list', ruleOf({ protocol: 6 }));
    bench.filters.add('list', ruleOf({ protocol: 17 }));
    bench.bindings.bind('list', 'p1', 'in');
    fate();
    fate();
    assert.deepEqual(counts(), [0, 2]);
    bench.filters.add('list', ruleOf({ index: 5, protocol: 1 }));
    fate();
    assert.deepEqual(counts(), [0, 0, 3]);
    const list = bench.filters.named('test', 'list');
    assert.equal(bench.filters.count(list, list.rules[2]).bytes, BigInt(3 * datagram.length));
    bench.filters.removeRule('list', 20);
    fate();
    assert.equal(bench.filters.count(bench.filters.named('test', 'list')).packets, 1n);
  });

  it('are as many as a list takes', () => {
    const rules = (count: number) => Array.from({ length: count }, (_, i) => ({ ...ruleOf(), index: i + 1 }));
    assert.throws(() => bench.filters.set('list', { rules: rules(16385) }), { code: 'ENOSPC' });
    bench.filters.set('list', { rules: rules(16384) });
    assert.throws(() => bench.filters.add('list', ruleOf()), { code: 'ENOSPC' });
    bench.filters.set('more', { rules: rules(16000) });
    assert.throws(() => bench.filters.set('most', { rules: rules(16000) }), { code: 'ENOSPC' });
  });
});

describe('a list', () => {
  it('stays while it is at an interface', () => {
    bench.filters.add('list', ruleOf());
    bench.bindings.bind('list', 'p1', 'in');
    assert.throws(() => bench.bindings.remove('list'), { code: 'EBUSY', message: /at p1 in/ });
    bench.bindings.unbind('p1', 'in');
    bench.bindings.remove('list');
    assert.throws(() => bench.bindings.bind('list', 'p1', 'in'), { code: 'ENOENT' });
    assert.throws(() => bench.bindings.unbind('p1', 'in'), { code: 'ENOENT' });
  });

  it('can be at many interfaces, and goes with none of them', async () => {
    bench.filters.add('list', ruleOf({ action: 'deny' }));
    for (const name of ['p1', 'p2']) bench.bindings.bind('list', name, 'in');
    bench.bindings.bind('list', 'p2', 'out');
    assert.equal(bench.bindings.list.length, 3);
    await bench.links.interfaces.remove('p2');
    assert.deepEqual(
      bench.bindings.list.map(({ iface, way }) => `${iface.name} ${way}`),
      ['p1 in'],
    );
    bench.bindings.unbind('p1', 'in');
    bench.bindings.remove('list');
  });

  it('takes no memory of the tables while it is at none', () => {
    bench.filters.add('list', ruleOf());
    const { id } = bench.filters.named('test', 'list');
    assert.equal(bench.filters.lists.bytes(id), 0);
    bench.bindings.bind('list', 'p1', 'in');
    assert.ok(bench.filters.lists.bytes(id) > 0);
    bench.bindings.unbind('p1', 'in');
    assert.equal(bench.filters.lists.bytes(id), 0);
    bench.filters.add('other', ruleOf());
    for (const name of ['list', 'other']) bench.bindings.bind(name, 'p1', 'in');
    assert.equal(bench.filters.lists.bytes(id), 0, 'another came in its place');
  });

  it('is refused at what sends no frames', () => {
    bench.links.port(3, { outputStage: undefined });
    bench.filters.add('list', ruleOf());
    assert.throws(() => bench.bindings.bind('list', 'p3', 'in'), { code: 'EOPNOTSUPP' });
  });
});

it('who asks which rule a packet meets is told what the datapath finds', () => {
  bench.filters.add('list', ruleOf({ destination: parsePrefix('10.0.2.0/24') }));
  bench.filters.add('list', ruleOf({ protocol: 6, established: true }));
  bench.bindings.bind('list', 'p1', 'in');
  const list = bench.filters.named('test', 'list');
  const met = (destination: string, tcpFlags: number) => {
    const ends = { source: parseAddress('10.0.0.1'), destination: parseAddress(destination) };
    const ports = { sourcePort: 1, destinationPort: 2 };
    return ruleMet(bench.filters, list, {
      ...ends,
      ...ports,
      protocol: 6,
      tcpFlags,
      dscp: 0,
      fragment: false,
    })?.index;
  };
  assert.deepEqual([met('10.0.2.9', 0), met('10.0.3.9', 0x10), met('10.0.3.9', 2)], [10, 20, undefined]);
});

it('lists are written again for a build that has them elsewhere', () => {
  bench.filters.add('list', ruleOf({ action: 'deny' }));
  bench.bindings.bind('list', 'p1', 'in');
  const { view } = bench.links.bench;
  for (const [table, bytes] of [
    ['FILTERS', 4096],
    ['FILTER_BINDINGS', 262144],
  ] as const)
    new Uint8Array(view.buffer, bench.links.bench.region(table), bytes).fill(0);
  assert.equal(fate(), 'sent');
  const before = () => ({}) as never;
  for (const rewrite of [bench.filters.lists.rewrite, bench.bindings.rewrite]) rewrite.write(before);
  assert.equal(fate(), 'filter-denied');
});
