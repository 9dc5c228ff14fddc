import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LABEL_TO_INTERFACE, LABEL_TO_NEXT_HOP, LABEL_TO_STACK, LABEL_TO_VRF } from './layout.ts';
import { MplsStory } from './testing/mpls-story.ts';

const HOST = 0x0a000002n;

describe('labels', () => {
  it('are written for packets, and taken back', async () => {
    const story = await MplsStory.begin();
    const { index } = story.station(1, HOST);
    story.labels.add(100, { type: 'vrf', vrf: 3 });
    story.labels.add(101, { type: 'nexthop', nextHop: index });
    story.labels.add(102, { type: 'swap', labels: [200, 201], nextHop: index });
    story.labels.add(103, { type: 'iface', iface: 7, controlWord: true });
    assert.deepEqual(
      [100, 101, 102, 103].map((label) => wordOf(story, label)),
      [
        [LABEL_TO_VRF, 3 | (30 << 8)],
        [LABEL_TO_NEXT_HOP, index],
        [LABEL_TO_STACK, 1],
        [LABEL_TO_INTERFACE, 7 | 65536],
      ],
    );
    for (const label of [100, 101, 102, 103]) story.labels.remove(label);
    assert.deepEqual(
      [100, 101, 102, 103].map((label) => wordOf(story, label)),
      Array(4).fill([0, 0]),
    );
    assert.throws(() => story.labels.remove(100), { code: 'ENOENT' });
    assert.deepEqual(
      story.hood.router.events.filter((event) => event.startsWith('label')),
      [
        'label add: 100 vrf=red',
        'label add: 101 nexthop=1',
        'label add: 102 swap=200,201 nexthop=1',
        'label add: 103 iface=p0 control-word',
        'label del: 100 vrf=red',
        'label del: 101 nexthop=1',
        'label del: 102 swap=200,201 nexthop=1',
        'label del: 103 iface=p0 control-word',
      ],
    );
    story.hood.users.remove(1);
  });

  it('that are added again mean something else, and let go of what they used', async () => {
    const story = await MplsStory.begin();
    const { index } = story.station(1, HOST);
    story.labels.add(100, { type: 'swap', labels: [200], nextHop: index });
    story.labels.add(100, { type: 'swap', labels: [201], nextHop: index });
    assert.throws(() => story.hood.users.remove(1), { code: 'EBUSY', message: /got label 100/ });
    story.labels.add(100, { type: 'vrf', vrf: 3 });
    assert.deepEqual(wordOf(story, 100), [LABEL_TO_VRF, 3 | (30 << 8)]);
    story.hood.users.remove(1);
    for (let quiet = 0; quiet < 4; quiet++) await story.hood.router.passQuietPoint();
    assert.equal(story.stacks.size, 0);
    assert.equal(story.labels.size, 1);
  });

  it('hold next hops: those are not deleted, nor made into what takes no labels', async () => {
    const story = await MplsStory.begin();
    const { index } = story.station(1, HOST);
    story.labels.add(100, { type: 'nexthop', nextHop: index });
    const blackhole = { id: 1, origin: 'static', vrf: 3, target: { type: 'blackhole' } } as const;
    story.hood.users.add(blackhole);
    assert.throws(() => story.labels.add(101, { type: 'swap', labels: [20], nextHop: index }), {
      code: 'EINVAL',
    });
    story.station(1, HOST);
    story.labels.add(101, { type: 'swap', labels: [20], nextHop: index });
    assert.throws(() => story.hood.users.add(blackhole), { code: 'EBUSY', message: /as label 101 uses it/ });
    assert.throws(() => story.hood.users.remove(1), { code: 'EBUSY', message: /got label 100, label 101/ });
  });

  it('go with the interface or VRF that they lead to, and with next hops of an interface that goes', async () => {
    const story = await MplsStory.begin();
    const { index } = story.station(1, HOST);
    story.labels.add(100, { type: 'vrf', vrf: 3 });
    story.labels.add(101, { type: 'nexthop', nextHop: index });
    story.labels.add(102, { type: 'swap', labels: [200], nextHop: index });
    story.labels.add(103, { type: 'iface', iface: 7, controlWord: false });
    await story.hood.interfaces.remove(story.hood.iface);
    assert.deepEqual(
      story.labels.all.map(({ label }) => label),
      [100],
    );
    await story.hood.interfaces.remove(story.red);
    assert.deepEqual(story.labels.all, []);
    assert.deepEqual(
      [100, 101, 102, 103].map((label) => wordOf(story, label)),
      Array(4).fill([0, 0]),
    );
  });

  it('are given out one after the other, from a range that can be set', async () => {
    const { labels } = await MplsStory.begin();
    const red = { type: 'vrf', vrf: 3 } as const;
    assert.deepEqual(labels.free.range, { first: 524288, last: 1048575 });
    assert.equal(labels.add(undefined, red).label, 524288);
    labels.free.setRange({ first: 20, last: 22 });
    labels.add(21, red);
    assert.equal(labels.add(undefined, red).label, 20);
    assert.equal(labels.add(undefined, red).label, 22);
    assert.throws(() => labels.add(undefined, red), { code: 'ENOSPC' });
    labels.remove(20);
    labels.remove(21);
    assert.equal(labels.add(undefined, red).label, 20);
    labels.remove(20);
    assert.equal(labels.add(undefined, red).label, 21, 'one that was just given back rests');
    for (const range of [
      { first: 15, last: 20 },
      { first: 16, last: 1048576 },
      { first: 30, last: 29 },
    ])
      assert.throws(() => labels.free.setRange(range), { code: 'EINVAL' });
  });

  it('below 16 and above 20 bits are refused, as are stacks of none or nine', async () => {
    const story = await MplsStory.begin();
    const { index } = story.station(1, HOST);
    const red = { type: 'vrf', vrf: 3 } as const;
    for (const label of [0, 3, 15, 1048576, 1.5])
      assert.throws(() => story.labels.add(label, red), { code: 'EINVAL' });
    const swap = (labels: readonly number[]) => ({ type: 'swap', labels, nextHop: index }) as const;
    assert.throws(() => story.labels.add(100, swap([])), { code: 'EINVAL' });
    assert.throws(() => story.labels.add(100, swap(Array(9).fill(100))), { code: 'E2BIG' });
    assert.throws(() => story.labels.add(100, swap([3])), { code: 'EINVAL' });
    assert.equal(story.labels.size, 0);
  });
});

/** What packets read of a label: kind and value. */
function wordOf({ hood }: MplsStory, label: number): readonly number[] {
  const { bench } = hood.link;
  const word = bench.view.getUint32(bench.region('LABEL_TABLE') + label * 4, true);
  return [word >>> 28, word & 0x0fffffff];
}
