import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TunnelStory } from './testing/tunnel-story.ts';
import { MOST_TUNNELS } from './tunnel-table.ts';

const FAR = '192.0.2.9';
const FAR6 = '2001:db8:9::9';

describe('a tunnel', () => {
  it('speaks from the address that the way to its far end has, and takes what that takes less the headers', async () => {
    const story = await TunnelStory.begin();
    story.routeVia(FAR, '10.0.0.2');
    story.routeVia(FAR6, '2001:db8::2');
    const infos = [
      story.add(FAR),
      story.add(FAR, { encapsulation: 'mplsogre' }),
      story.add(FAR6),
      story.add(FAR6, { encapsulation: 'mplsogre' }),
    ].map(({ index }) => story.info(index));
    assert.deepEqual(infos, [
      'remote=192.0.2.9 local=10.0.0.1 dst_port=6635 mtu=1472',
      'remote=192.0.2.9 local=10.0.0.1 mtu=1476',
      'remote=2001:db8:9::9 local=2001:db8::1 dst_port=6635 mtu=1452',
      'remote=2001:db8:9::9 local=2001:db8::1 mtu=1456',
    ]);
  });

  it('is written for packets to read', async () => {
    const story = await TunnelStory.begin();
    story.routeVia(FAR, '10.0.0.2');
    story.addresses.add('10.0.0.77');
    const { index } = story.add(FAR, { local: '10.0.0.77', port: 51234 });
    assert.equal(story.record(index), '4 vrf 3 port 51234 0a00004d > c0000209');
    const { index: index6 } = story.add(FAR6, { local: '2001:db8::1' });
    const [local, far] = ['20010db8000000000000000000000001', '20010db8000900000000000000000009'];
    assert.equal(story.record(index6), `6 vrf 3 port 6635 ${local} > ${far}`);
  });

  it('is down without a way, comes up with one, and stays as large as it was when it goes', async () => {
    const story = await TunnelStory.begin();
    const { index } = story.add(FAR);
    assert.equal(story.info(index), 'remote=192.0.2.9 down dst_port=6635 mtu=1472');
    story.routeVia(FAR, '10.0.0.2');
    story.hood.interfaces.change(story.hood.iface, { mtu: 9000 });
    assert.equal(story.tunnels.refresh(), true);
    assert.equal(story.info(index), 'remote=192.0.2.9 local=10.0.0.1 dst_port=6635 mtu=8972');
    assert.equal(story.tunnels.refresh(), false);
    story.routes.clear();
    story.tunnels.refresh();
    assert.equal(story.info(index), 'remote=192.0.2.9 down dst_port=6635 mtu=8972');
  });

  it('goes down when the address that it was given is taken from the router', async () => {
    const story = await TunnelStory.begin();
    story.routeVia(FAR, '10.0.0.2');
    const { index } = story.add(FAR, { local: '10.0.0.1' });
    story.addresses.delete('10.0.0.1');
    story.tunnels.refresh();
    assert.equal(story.info(index), 'remote=192.0.2.9 down dst_port=6635 mtu=1472');
    assert.match(story.record(index), /^0 /);
  });

  it('changes to a record of its own while packets read the other', async () => {
    const story = await TunnelStory.begin();
    story.routeVia(FAR, '10.0.0.2');
    const { index } = story.add(FAR);
    const recordOf = () => {
      const target = story.hood.hops.find(index)?.target;
      return target?.type === 'encapsulation' ? target.record : undefined;
    };
    const before = recordOf();
    story.addresses.delete('10.0.0.1');
    story.addresses.add('10.0.0.5');
    story.tunnels.refresh();
    assert.notEqual(recordOf(), before);
    assert.equal(story.record(index), '4 vrf 3 port 6635 0a000005 > c0000209');
    assert.deepEqual(story.open, new Map([[3, 1]]));
  });

  it('takes of a group what all members take, and of another tunnel what that takes', async () => {
    const story = await TunnelStory.begin();
    const wide = story.routeVia('192.0.2.1', '10.0.0.2');
    const narrow = story.add('192.0.2.1', { id: 70 });
    const group = story.hood.users.add({
      id: 71,
      origin: 'static',
      vrf: 0,
      target: { type: 'group', members: [wide, narrow].map(({ id }) => ({ id, weight: 1 })) },
    });
    story.routes.set(FAR, group);
    assert.match(story.info(story.add(FAR).index), /local=10.0.0.1 .* mtu=1444/);
    story.routes.set(FAR6, narrow);
    assert.match(story.info(story.add(FAR6, { local: '2001:db8::1' }).index), /mtu=1424/);
  });

  it('leads nowhere by a way that ends here', async () => {
    const story = await TunnelStory.begin();
    const reject = story.hood.users.add({ id: 5, origin: 'static', vrf: 3, target: { type: 'reject' } });
    story.routes.set(FAR, reject);
    assert.match(story.info(story.add(FAR).index), / down /);
  });

  it('stays as it was when somebody else refuses the change', async () => {
    const story = await TunnelStory.begin();
    story.routeVia(FAR, '10.0.0.2');
    const { index } = story.add(FAR);
    let refuses = true;
    story.hood.hops.listen({
      changed: () => {
        if (refuses) throw new Error('refused');
      },
    });
    story.addresses.delete('10.0.0.1');
    story.addresses.add('10.0.0.5');
    assert.throws(() => story.tunnels.refresh(), /refused/);
    assert.match(story.info(index), /local=10.0.0.1/);
    assert.equal(story.record(index), '4 vrf 3 port 6635 0a000001 > c0000209');
    refuses = false;
    story.tunnels.refresh();
    assert.match(story.info(index), /local=10.0.0.5/);
    assert.deepEqual(story.open, new Map([[3, 1]]));
  });

  it('may go to a link-local address of IPv4, which routes lead to', async () => {
    const story = await TunnelStory.begin();
    assert.match(story.info(story.add('169.254.7.7').index), /remote=169.254.7.7/);
  });

  it('tells its ends in events', async () => {
    const story = await TunnelStory.begin();
    story.routeVia(FAR, '10.0.0.2');
    story.add(FAR, { id: 9 });
    assert.equal(
      story.hood.router.events.at(-1),
      'nh new: type=mplsoudp id=9 vrf=red origin=static remote=192.0.2.9 local=10.0.0.1 dst_port=6635 mtu=1472',
    );
  });
});

describe('refused are', () => {
  const refused = [
    ['our own address', '10.0.0.1', {}, 'EINVAL', /another router, got 10.0.0.1, which is ours on p0/],
    ['a local address of the other family', FAR, { local: '2001:db8::1' }, 'EINVAL', /family, ipv4/],
    ['a local address that is not ours', FAR, { local: '10.0.0.9' }, 'EADDRNOTAVAIL', /one of the VRF's/],
    ['a link-local local address', FAR6, { local: 'fe80::1' }, 'EADDRNOTAVAIL', /no link-local one/],
    ['a link-local far end', 'fe80::9', {}, 'EINVAL', /the address of a router that routes lead to/],
    ['a group as the far end', '224.0.0.9', {}, 'EINVAL', /got 224.0.0.9/],
    ['all of the link as the far end', '255.255.255.255', {}, 'EINVAL', /got 255.255.255.255/],
    ['the far end 127.0.0.1', '127.0.0.1', {}, 'EINVAL', /got 127.0.0.1/],
    ['the far end ::', '::', {}, 'EINVAL', /got ::/],
    ['port 0', FAR, { port: 0 }, 'EINVAL', /1 to 65535, got 0/],
    ['an origin of our own', FAR, { origin: 'link' }, 'EINVAL', /an origin other than/],
  ] as const;
  for (const [what, remote, fields, code, message] of refused) {
    it(what, async () => {
      const story = await TunnelStory.begin();
      assert.throws(() => story.add(remote, fields), { code, message });
      assert.deepEqual(story.tunnels.list, []);
      assert.equal(story.open.get(3) ?? 0, 0);
    });
  }

  it('what finds a UDP port taken', async () => {
    const story = await TunnelStory.begin();
    story.refusal = new Error('taken');
    assert.throws(() => story.add(FAR), /taken/);
    assert.deepEqual(story.tunnels.list, []);
  });

  it('the removal of a VRF that tunnels go through, by their ids', async () => {
    const story = await TunnelStory.begin();
    story.add(FAR, { id: 8 });
    story.add(FAR6, { id: 9 });
    const message = /delete vrf red: .* got one that next hop 8, 9 goes through/;
    assert.throws(() => story.checkRemoval({ type: 'vrf', name: 'red', vrf: 3 }), { code: 'EBUSY', message });
    story.checkRemoval({ type: 'vrf', name: 'blue', vrf: 4 });
    story.checkRemoval({ type: 'port', vrf: 3 });
    story.hood.users.remove(8);
    story.hood.users.remove(9);
    story.checkRemoval({ type: 'vrf', name: 'red', vrf: 3 });
  });
});

describe('the place of a tunnel', () => {
  it('is free after two quiet points when its next hop goes, or becomes something else', async () => {
    const story = await TunnelStory.begin();
    story.add(FAR, { id: 8 });
    story.add(FAR, { id: 9 });
    const slots = () => story.tunnels.list.map(([{ id }, { slot }]) => [id, slot]);
    assert.deepEqual(slots(), [
      [8, 1],
      [9, 2],
    ]);
    story.hood.users.remove(8);
    story.hood.users.add({ id: 9, origin: 'static', vrf: 3, target: { type: 'blackhole' } });
    assert.deepEqual(slots(), []);
    await Promise.resolve();
    assert.deepEqual(story.open, new Map([[3, 0]]));
    story.add(FAR, { id: 10 });
    await story.hood.router.passQuietPoint();
    story.add(FAR, { id: 11 });
    await story.hood.router.passQuietPoint();
    story.add(FAR, { id: 12 });
    assert.deepEqual(slots(), [
      [10, 3],
      [11, 4],
      [12, 1],
    ]);
  });

  it('is another one when a user replaces the tunnel', async () => {
    const story = await TunnelStory.begin();
    const { index } = story.add(FAR, { id: 8 });
    assert.equal(story.add(FAR6, { id: 8, encapsulation: 'mplsogre' }).index, index);
    assert.match(story.info(index), /remote=2001:db8:9::9/);
    assert.deepEqual(story.tunnels.list.length, 1);
    assert.deepEqual(story.open, new Map([[3, 1]]));
  });

  it('stays its own when somebody else refuses that the tunnel is replaced', async () => {
    const story = await TunnelStory.begin();
    story.routeVia(FAR, '10.0.0.2');
    const { index } = story.add(FAR, { id: 8 });
    const before = story.record(index);
    let refuses = true;
    story.hood.hops.listen({
      changed: (_, { target }) => {
        const isReplaced = target.type !== 'encapsulation' || target.kind === 'mplsogre';
        if (refuses && isReplaced) throw new Error('refused');
      },
    });
    const blackhole = { id: 8, origin: 'static', vrf: 3, target: { type: 'blackhole' } } as const;
    assert.throws(() => story.hood.users.add(blackhole), /refused/);
    assert.throws(() => story.add(FAR6, { id: 8, encapsulation: 'mplsogre' }), /refused/);
    await story.hood.router.passQuietPoint();
    await story.hood.router.passQuietPoint();
    assert.equal(story.record(index), before);
    assert.deepEqual(story.open, new Map([[3, 1]]));
    refuses = false;
    story.add(FAR6, { id: 8, encapsulation: 'mplsogre' });
    assert.deepEqual(
      story.tunnels.list.map(([, { slot }]) => slot),
      [2],
    );
    assert.deepEqual(story.open, new Map([[3, 1]]));
  });

  it('can be given to no more tunnels than there are places', async () => {
    const story = await TunnelStory.begin();
    for (let count = 0; count < MOST_TUNNELS; count++) assert.ok(story.table.take());
    assert.throws(() => story.add(FAR), { code: 'ENOSPC', message: /at most 8191 tunnels/ });
    assert.equal(story.open.get(3), 0);
  });
});
