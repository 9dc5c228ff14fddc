import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Interface } from '../interface/index.ts';
import { BondTable } from './bond-table.ts';
import type { Balance } from './settings.ts';
import { shareSlots } from './slots.ts';
import { BondBench, flow } from './testing/bond-bench.ts';

let bench: BondBench;
let bond: Interface;

beforeEach(async () => {
  bench = await BondBench.open();
  bond = await bench.bond({}, 2);
});

describe('what a bond sends', () => {
  it('leaves by the member that is used, and counts for both', () => {
    assert.deepEqual(bench.send(bond, flow(1)), [1]);
    bench.link(1, false);
    assert.deepEqual(bench.send(bond, flow(1)), [2]);
    assert.deepEqual([bench.links.sent('bond0'), bench.links.sent('p1'), bench.links.sent('p2')], [2, 1, 1]);
  });

  it('is dropped where no member can send', () => {
    for (const number of [1, 2]) bench.link(number, false);
    const { ended } = bench.links.bench.inject('frame-output', flow(1), { output: bond.id });
    assert.deepEqual(ended, { 'bond-no-member': 1 });
  });

  it('is dropped where the bond is down', async () => {
    await bench.links.interfaces.set('bond0', { up: false });
    const { ended } = bench.links.bench.inject('frame-output', flow(1), { output: bond.id });
    assert.deepEqual(ended, { 'output-down': 1 });
  });

  it('is dropped where it is shorter than an Ethernet header', () => {
    const frame = flow(1).subarray(0, 13);
    const { ended } = bench.links.bench.inject('frame-output', frame, { output: bond.id });
    assert.deepEqual(ended, { 'bond-output-truncated': 1 });
  });
});

describe('frames are spread', () => {
  /** Ports that flows leave by where both members send. */
  function spread(balance: Balance, frames: readonly Uint8Array[], olFlags = 0n): ReadonlySet<number> {
    const { router, interfaces } = bench.links;
    const table = new BondTable((names) => router.tables(names));
    table.setBalance(1, balance);
    const ids = ['p1', 'p2'].map((name) => interfaces.named('find', name).id);
    table.setSlots(1, shareSlots([], ids));
    return new Set(frames.flatMap((frame) => bench.send(bond, frame, olFlags)));
  }

  const both = new Set([1, 2]);
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  const tagged = (frame: Uint8Array) =>
    Uint8Array.from([...frame.subarray(0, 12), 0x81, 0, 0, 5, ...frame.subarray(12)]);

  for (const family of [4, 6])
    it(`by ports of IPv${family}, and a flow keeps its member`, () => {
      const flows = numbers.map((number) => flow(number, { family }));
      assert.deepEqual(spread('l3+l4', flows), both);
      assert.deepEqual(spread('l3+l4', flows.map(tagged)), both);
      assert.equal(
        spread(
          'l3+l4',
          numbers.map(() => flow(7, { family })),
        ).size,
        1,
      );
    });

  it('by MAC addresses, whatever is in them', () => {
    const stations = numbers.map((number) => flow(1, { source: `02:00:00:00:01:${number + 10}` }));
    assert.deepEqual(spread('l2', stations), both);
    assert.equal(
      spread(
        'l2',
        numbers.map((number) => flow(number)),
      ).size,
      1,
    );
    assert.equal(spread('l3+l4', stations).size, 1);
  });

  it('by what a port has hashed, and as IP where it has hashed nothing', () => {
    const flows = numbers.map((number) => flow(number));
    assert.equal(spread('rss', flows, RX_RSS_HASH).size, 1);
    assert.deepEqual(spread('rss', flows), both);
  });
});

const RX_RSS_HASH = 2n;
