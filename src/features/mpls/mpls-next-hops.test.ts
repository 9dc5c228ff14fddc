import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MplsStory } from './testing/mpls-story.ts';

const HOST = 0x0a000002n;
const OTHER = 0x0a000003n;

describe('next hops with labels', () => {
  it('send packets on with their labels, and show what they push', async () => {
    const story = await MplsStory.begin();
    story.station(1, HOST);
    const { index, id } = story.nextHops.add({ labels: [100, 200], via: 1, trafficClass: 3, ttl: 255 });
    assert.equal(story.show(id), 'label=100,200 via=1 tc=3 ttl=255 mtu=1492');
    story.hood.sendVia(index, '198.51.100.1');
    assert.match(
      story.hood.look().sent.join(),
      /mpls 100 tc 3 ttl 255, mpls 200 tc 3 bottom ttl 255, 192.0.2.9 > 198.51.100.1/,
    );
  });

  it('let packets wait for the neighbour behind them, with their labels', async () => {
    const story = await MplsStory.begin();
    story.station(1, HOST, false);
    const { index } = story.nextHops.add({ labels: [100], via: 1 });
    story.hood.sendVia(index, '198.51.100.1');
    assert.match(story.hood.look().sent.join(), /arp who-has 10.0.0.2/);
    story.hood.answer('10.0.0.2');
    assert.match(story.hood.look().sent.join(), /mpls, mpls 100 bottom ttl 64, 192.0.2.9 > 198.51.100.1/);
  });

  it('refuse packets while the neighbour does not answer, and drop those that waited for it', async () => {
    const story = await MplsStory.begin();
    story.station(1, HOST, false);
    const { index } = story.nextHops.add({ labels: [100], via: 1 });
    story.hood.sendVia(index, '198.51.100.1');
    story.hood.pass(4);
    assert.equal(story.hood.look().ended['mpls-host-unreachable'], 1);
    story.hood.sendVia(index, '198.51.100.1');
    assert.equal(story.hood.look().ended['ip4-host-unreachable'], 1);
  });

  it('go by labels over labels, by groups, and take the size of what is behind them', async () => {
    const story = await MplsStory.begin();
    story.station(1, HOST);
    story.station(2, OTHER);
    story.nextHops.add({ id: 3, labels: [300], via: 1 });
    const members = [1, 2].map((id) => ({ id, weight: 1 }));
    story.hood.users.add({ id: 4, origin: 'static', vrf: 0, target: { type: 'group', members } });
    story.nextHops.add({ id: 5, labels: [500, 501], via: 3 });
    story.nextHops.add({ id: 6, labels: [600], via: 4 });
    assert.equal(story.show(5), 'label=500,501 via=3 mtu=1488');
    assert.equal(story.show(6), 'label=600 via=4 mtu=1496');
    story.hood.change({ mtu: 9000 });
    assert.equal(story.show(3), 'label=300 via=1 mtu=8996');
    assert.equal(story.show(5), 'label=500,501 via=3 mtu=8988');
    assert.equal(story.show(6), 'label=600 via=4 mtu=8996');
  });

  it('hold what is behind them, which is not deleted, nor made into what takes no labels', async () => {
    const story = await MplsStory.begin();
    story.station(1, HOST);
    story.nextHops.add({ id: 3, labels: [300], via: 1 });
    const { users } = story.hood;
    assert.throws(() => users.remove(1), { code: 'EBUSY', message: /got next hop 3/ });
    const blackhole = { id: 1, origin: 'static', vrf: 3, target: { type: 'blackhole' } } as const;
    assert.throws(() => users.add(blackhole), {
      code: 'EBUSY',
      message: /as next hop 3 uses it, got blackhole/,
    });
    story.nextHops.add({ id: 3, labels: [301, 302], via: 1 });
    assert.equal(story.show(3), 'label=301,302 via=1 mtu=1492');
    assert.throws(() => users.remove(1), { code: 'EBUSY' });
    users.remove(3);
    users.remove(1);
  });

  it('drop packets when the interface behind them goes, and go on when their next hop comes again', async () => {
    const story = await MplsStory.begin();
    const { hood } = story;
    story.station(1, HOST);
    const { index } = story.nextHops.add({ id: 3, labels: [300], via: 1 });
    const { iface } = hood;
    await hood.interfaces.remove(iface);
    assert.equal(story.show(3), 'label=300 via=1(gone) mtu=65535');
    hood.look();
    hood.sendVia(index, '198.51.100.1');
    assert.deepEqual(hood.look().ended, { 'mpls-no-next-hop': 1 });
    hood.interfaces.add(iface);
    story.station(1, HOST);
    assert.equal(story.show(3), 'label=300 via=1 mtu=1496');
    hood.sendVia(index, '198.51.100.1');
    assert.match(hood.look().sent.join(), /mpls 300 bottom/);
    assert.throws(() => hood.users.remove(1), { code: 'EBUSY', message: /got next hop 3/ });
  });

  it('do not come round to themselves by a next hop that comes again as another one', async () => {
    const story = await MplsStory.begin();
    const { hood } = story;
    story.station(1, HOST);
    story.nextHops.add({ id: 3, labels: [300], via: 1 });
    const { iface } = hood;
    await hood.interfaces.remove(iface);
    assert.throws(() => story.nextHops.add({ id: 1, labels: [100], via: 3 }), { code: 'ELOOP' });
    assert.equal(hood.hops.indexOf(1), undefined);
    hood.interfaces.add(iface);
    story.station(1, HOST);
    assert.equal(story.show(3), 'label=300 via=1 mtu=1496');
    hood.users.remove(3);
    hood.users.remove(1);
  });

  it('use the memory of labels again once no packet can see them', async () => {
    const story = await MplsStory.begin();
    story.station(1, HOST);
    story.nextHops.add({ id: 3, labels: [300], via: 1 });
    for (let turn = 0; turn < 5; turn++) {
      story.nextHops.add({ id: 3, labels: [301 + turn], via: 1 });
      assert.equal(story.stacks.size, 2);
      for (let quiet = 0; quiet < 2; quiet++) await story.hood.router.passQuietPoint();
      assert.equal(story.stacks.size, 1);
    }
  });

  it('are refused where they make no sense, and nothing of them stays', async () => {
    const story = await MplsStory.begin();
    const { users } = story.hood;
    story.station(1, HOST);
    users.add({ id: 2, origin: 'static', vrf: 3, target: { type: 'reject' } });
    story.nextHops.add({ id: 3, labels: [300], via: 1 });
    const nine = Array.from({ length: 9 }, (_, place) => 100 + place);
    const cases = [
      ['EINVAL', { labels: [], via: 1 }],
      ['E2BIG', { labels: nine, via: 1 }],
      ['EINVAL', { labels: [3], via: 1 }],
      ['EINVAL', { labels: [1048576], via: 1 }],
      ['EINVAL', { labels: [100], via: 1, trafficClass: 8 }],
      ['EINVAL', { labels: [100], via: 1, ttl: 0 }],
      ['EINVAL', { labels: [100], via: 2 }],
      ['EINVAL', { labels: [100], via: 1, origin: 'learn' }],
      ['ENOENT', { labels: [100], via: 99 }],
      ['ELOOP', { id: 3, labels: [100], via: 3 }],
    ] as const;
    for (const [code, wanted] of cases) assert.throws(() => story.nextHops.add(wanted), { code });
    story.nextHops.add({ id: 4, labels: [400], via: 3 });
    assert.throws(() => story.nextHops.add({ id: 3, labels: [300], via: 4 }), { code: 'ELOOP' });
    assert.equal(story.show(3), 'label=300 via=1 mtu=1496');
    const members = [{ id: 1, weight: 1 }];
    users.add({ id: 5, origin: 'static', vrf: 0, target: { type: 'group', members } });
    story.nextHops.add({ id: 6, labels: [600], via: 5 });
    const loop = { type: 'group', members: [{ id: 6, weight: 1 }] } as const;
    assert.throws(() => users.add({ id: 5, origin: 'static', vrf: 0, target: loop }), { code: 'ELOOP' });
    for (let quiet = 0; quiet < 4; quiet++) await story.hood.router.passQuietPoint();
    assert.equal(story.stacks.size, 3);
    for (const id of [6, 5, 4, 3, 1]) users.remove(id);
  });
});
