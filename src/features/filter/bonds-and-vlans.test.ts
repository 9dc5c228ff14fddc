import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONTROL_TICKS_PER_SECOND, MODE_MEASURE } from '../../engine/layout.ts';
import { joinBytes } from '../../net/frame/build.ts';
import { BondBench } from '../bond/testing/bond-bench.ts';
import type { LinkBench } from '../interface/testing/link-bench.ts';
import { frame1000, limitOf } from '../police/testing/limits.ts';
import { openVlanBench } from '../vlan/testing/vlan-bench.ts';
import {
  type FilterBench,
  filterBenchOn,
  frame4,
  frame6,
  ruleOf,
  transport,
} from './testing/filter-bench.ts';

const datagram = frame4({}, transport(1, 53));
const other = frame4({}, transport(1, 54));
const datagram6 = frame6({}, transport(1, 53));

/** A frame with a VLAN tag. */
function inVlan(vlan: number, frame: Uint8Array): Uint8Array {
  return joinBytes(frame.subarray(0, 12), Uint8Array.of(0x81, 0, 0, vlan), frame.subarray(12));
}

/** A list that denies what goes to port 53, and nothing else. */
function withList(links: LinkBench): FilterBench {
  const bench = filterBenchOn(links);
  bench.filters.add('list', ruleOf({ action: 'deny', destinationPort: { first: 53, last: 53 } }));
  bench.filters.set('list', { other: 'permit' });
  return bench;
}

/** What becomes of a frame that a port receives, which is the same on the fast way and stage by stage. */
function fate({ bench }: LinkBench, port: number, frame: Uint8Array): string {
  const [fast, slow] = [0, MODE_MEASURE].map((mode) => {
    bench.mode = mode;
    return Object.keys(bench.receive(port, [frame]).ended).join();
  });
  bench.mode = 0;
  assert.equal(fast, slow);
  return fast ?? '';
}

describe('a list at a bond', () => {
  it('decides what the bond receives, by whichever member', async () => {
    const bond = await openBond();
    const { links, bindings } = withList(bond.links);
    bindings.bind('list', 'bond0', 'in');
    for (const frame of [datagram, datagram6]) assert.equal(fate(links, 1, frame), 'filter-denied');
    assert.equal(fate(links, 1, other), 'sent');
    bond.link(1, false);
    assert.equal(fate(links, 2, datagram), 'filter-denied');
    bindings.unbind('bond0', 'in');
    assert.equal(fate(links, 2, datagram), 'sent');
  });

  it('decides what the bond sends', async () => {
    const { links, bindings } = withList((await openBond()).links);
    bindings.bind('list', 'bond0', 'out');
    const output = links.interfaces.named('find', 'bond0').id;
    const sent = (frame: Uint8Array) => links.bench.inject('frame-output', frame, { output }).ended;
    for (const frame of [datagram, datagram6]) assert.deepEqual(sent(frame), { 'filter-denied': 1 });
    assert.deepEqual(sent(other), { sent: 1 });
    assert.equal(fate(links, 1, datagram), 'sent');
  });
});

it('a rate limit at a bond goes on where it was when another member takes over', async () => {
  const bond = await openBond();
  const { links } = bond;
  const { policers } = filterBenchOn(links);
  links.bench.view.setBigUint64(CONTROL_TICKS_PER_SECOND, 1_000_000_000n, true);
  policers.add('limit', limitOf());
  policers.bind('limit', 'bond0', 'in');
  const burst = new Array<Uint8Array>(8).fill(frame1000);
  assert.equal(links.bench.receive(1, burst).sent.length, 8);
  bond.link(1, false);
  assert.equal(links.bench.receive(2, burst).sent.length, 2);
});

describe('a list at a VLAN', () => {
  /** What p1 and its VLANs 5 and 6 receive leaves by p2, and what p2 receives leaves by VLAN 5. */
  async function open() {
    const { links, vlans } = await openVlanBench();
    links.port(1);
    const { id: domain } = links.port(2);
    await links.interfaces.set('p1', { domain });
    for (const vlanId of [5, 6])
      vlans.add(`p1.${vlanId}`, { parent: 'p1', vlanId, proto: '802.1q' }, { domain });
    await links.interfaces.set('p2', { domain: links.interfaces.named('find', 'p1.5').id });
    return withList(links);
  }

  it('decides what the VLAN receives, and nothing of its parent and of others there', async () => {
    const { links, bindings } = await open();
    bindings.bind('list', 'p1.5', 'in');
    for (const frame of [datagram, datagram6])
      assert.equal(fate(links, 1, inVlan(5, frame)), 'filter-denied');
    assert.equal(fate(links, 1, inVlan(5, other)), 'sent');
    for (const frame of [datagram, inVlan(6, datagram)]) assert.equal(fate(links, 1, frame), 'sent');
  });

  it('decides what the VLAN sends', async () => {
    const { links, bindings } = await open();
    bindings.bind('list', 'p1.5', 'out');
    assert.equal(fate(links, 2, datagram), 'filter-denied');
    assert.deepEqual(links.receive(2, other).sent[0]?.bytes, inVlan(5, other));
  });

  it("is not its parent's, which decides what has no VLAN", async () => {
    const { links, bindings } = await open();
    bindings.bind('list', 'p1', 'in');
    assert.equal(fate(links, 1, datagram), 'filter-denied');
    for (const vlan of [5, 6]) assert.equal(fate(links, 1, inVlan(vlan, datagram)), 'sent');
  });
});

/** What bond0 of p1 and p2 receives leaves by p9. */
async function openBond(): Promise<BondBench> {
  const bench = await BondBench.open();
  await bench.bond({}, 2);
  const { id: domain } = bench.links.port(9);
  await bench.links.interfaces.set('bond0', { domain });
  return bench;
}
