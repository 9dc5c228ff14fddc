import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { CONTROL_TICKS_PER_SECOND } from '../../engine/layout.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { limitOf } from '../police/testing/limits.ts';
import {
  type FilterBench,
  frame4,
  frame6,
  openFilterBench,
  ruleOf,
  transport,
} from './testing/filter-bench.ts';

let bench: FilterBench;

/** A second of the bench has 10⁹ ticks. */
beforeEach(async () => {
  bench = await openFilterBench();
  bench.links.bench.view.setBigUint64(CONTROL_TICKS_PER_SECOND, 1_000_000_000n, true);
  for (const name of ['slow', 'marks'])
    bench.policers.add(name, limitOf({ red: name === 'slow' ? 'drop' : 10 }));
});

const long = (port: number) => frame4({}, joined(transport(1, port), 966 - 8));
const long6 = (port: number) => frame6({}, joined(transport(1, port), 946 - 8));

function joined(header: Uint8Array, more: number): Uint8Array {
  const bytes = new Uint8Array(header.length + more);
  bytes.set(header);
  return bytes;
}

/** What becomes of so many of a frame that come at once. */
function fates(frame: Uint8Array, count = 30) {
  return bench.links.bench.receive(1, new Array<Uint8Array>(count).fill(frame));
}

const dport = (port: number) => ({ protocol: 17, destinationPort: { first: port, last: port } });

describe("a rule's rate limit", () => {
  for (const mode of [0, 1] as const) {
    it(`holds what meets the rule to its rate, and nothing else (${mode ? 'stage by stage' : 'the fast way'})`, () => {
      bench.links.bench.mode = mode;
      bench.filters.add('list', ruleOf({ ...dport(53), limit: 'slow' }));
      bench.filters.add('list', ruleOf());
      bench.bindings.bind('list', 'p1', 'in');
      assert.deepEqual(fates(long(53)).ended, { sent: 10, policed: 20 });
      assert.deepEqual(fates(long(54)).ended, { sent: 30 });
      bench.links.bench.clock += 5_000_000n;
      assert.deepEqual(fates(long6(53)).ended, { sent: 5, policed: 25 });
    });
  }

  it('is shared by rules and interfaces that have it', () => {
    bench.filters.add('list', ruleOf({ ...dport(53), limit: 'slow' }));
    bench.filters.add('list', ruleOf({ ...dport(54), limit: 'slow' }));
    bench.bindings.bind('list', 'p2', 'out');
    bench.policers.bind('slow', 'p2', 'in');
    assert.equal(fates(long(53), 4).sent.length + fates(long(54), 30).sent.length, 10);
    assert.deepEqual(bench.links.bench.receive(2, [long(1)]).ended, { policed: 1 });
  });

  it('gives colours other classes', () => {
    bench.filters.add('list', ruleOf({ limit: 'marks' }));
    bench.bindings.bind('list', 'p1', 'in');
    const classes = fates(long(53)).sent.map(({ bytes }) => (bytes[15] ?? 0) >> 2);
    assert.deepEqual(classes, [...new Array<number>(10).fill(0), ...new Array<number>(20).fill(10)]);
  });

  it('comes and goes while packets meet the rule, and changes its rate', () => {
    bench.filters.set('list', { rules: [{ ...ruleOf({ limit: 'slow' }), index: 10 }] });
    bench.bindings.bind('list', 'p1', 'in');
    assert.equal(fates(long(53)).sent.length, 10);
    bench.policers.set('slow', { ...bench.policers.named('test', 'slow').limit, committedBurst: 20_000 });
    assert.equal(fates(long(53)).sent.length, 20);
    bench.filters.set('list', { rules: [{ ...ruleOf(), index: 10 }] });
    assert.equal(fates(long(53)).sent.length, 30);
  });

  it('stays while a rule has it, and has to be there', () => {
    bench.filters.add('list', ruleOf({ limit: 'slow' }));
    assert.deepEqual(bench.policers.placesOf(bench.policers.named('test', 'slow')), ['filter list rule 10']);
    assert.throws(() => bench.policers.remove('slow'), { code: 'EBUSY', message: /filter list rule 10/ });
    bench.filters.removeRule('list', 10);
    bench.policers.remove('slow');
    assert.throws(() => bench.filters.add('list', ruleOf({ limit: 'slow' })), { code: 'ENOENT' });
    assert.deepEqual(bench.filters.named('test', 'list').rules, []);
  });
});

it('a list grows rule by rule as fast as a long one is made', () => {
  const started = process.cpuUsage();
  for (let i = 0; i < 10_000; i++)
    bench.filters.add('list', ruleOf({ destination: parsePrefix(`10.${i >> 8}.${i & 255}.0/24`) }));
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 5_000_000, `${user + system} µs`);
  assert.equal(bench.filters.add('list', ruleOf({ index: 15 })), 15);
  assert.equal(bench.filters.named('test', 'list').rules[1]?.index, 15);
});
