import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../net/address.ts';
import { Srv6Story } from './testing/srv6-story.ts';

const FAR = '2001:db8:e::1';
const NEXT = '2001:db8:e::2';
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex').toString('hex');

describe('lists of segments', () => {
  it('speak from the address of their way, and take what that does less their headers', async () => {
    const story = await Srv6Story.begin();
    story.routeVia(FAR, '2001:db8::9');
    const { id } = story.addList([FAR, NEXT]);
    assert.equal(story.show(id), `SRv6 h.encaps src=2001:db8::1 segs=${FAR},${NEXT} mtu=1420`);
    story.addList([FAR], { id, encapsulation: 'h.encaps.red' });
    assert.equal(story.show(id), `SRv6 h.encaps.red src=2001:db8::1 segs=${FAR} mtu=1460`);
    const ends = '20010db8000000000000000000000001 20010db8000e00000000000000000001';
    assert.equal(story.list(id), `vrf 3 ${hex(`60000000 0000 2b 40 ${ends}`)}`);
    assert.equal(story.encaps.size, 1);
  });

  it('speak from their own source first, then from tunsrc, then from their way', async () => {
    const story = await Srv6Story.begin();
    story.routeVia(FAR, '2001:db8::9');
    story.addList([FAR], { id: 5 });
    story.addList([FAR], { id: 6, source: parseAddress('fd00::6') });
    story.encaps.setSource(parseAddress('fd00::5'));
    assert.match(story.show(5), /src=fd00::5 /);
    assert.match(story.show(6), /src=fd00::6 /);
    story.encaps.setSource(undefined);
    assert.match(story.show(5), /src=2001:db8::1 /);
  });

  it('have no headers without an address to speak from, and get them with one', async () => {
    const story = await Srv6Story.begin();
    story.addList([FAR], { id: 5 });
    assert.match(story.show(5), /src=none .*mtu=1436/);
    assert.equal(story.list(5), 'vrf 3 ');
    story.routeVia(FAR, '2001:db8::9');
    story.encaps.refresh();
    assert.match(story.show(5), /src=2001:db8::1 /);
    assert.match(story.list(5), /^vrf 3 60000000/);
  });

  it('follow their way to another size, by a record that no packet has read', async () => {
    const story = await Srv6Story.begin({ encaps: 3 });
    story.routeVia(FAR, '2001:db8::9');
    story.addList([FAR], { id: 5 });
    story.hood.change({ mtu: 9000 });
    story.encaps.refresh();
    assert.match(story.show(5), /mtu=8936$/);
    assert.throws(() => story.addList([NEXT]), { code: 'ENOSPC', message: /one more list of segments/ });
    for (let quiet = 0; quiet < 2; quiet++) await story.hood.router.passQuietPoint();
    story.addList([NEXT]);
  });

  it('give back their records when they are deleted, or become next hops of another kind', async () => {
    const story = await Srv6Story.begin({ encaps: 3 });
    story.addList([FAR], { id: 5 });
    story.addList([FAR], { id: 6 });
    story.hood.users.remove(5);
    story.hood.users.add({ id: 6, origin: 'static', vrf: 3, target: { type: 'blackhole' } });
    await Promise.resolve();
    assert.equal(story.encaps.size, 0);
    for (let quiet = 0; quiet < 2; quiet++) await story.hood.router.passQuietPoint();
    for (const id of [7, 8]) story.addList([FAR], { id });
  });

  it('are written again for a build that has them elsewhere', async () => {
    const story = await Srv6Story.begin();
    story.addList([FAR], { id: 5, source: parseAddress('fd00::6') });
    const before = story.list(5);
    const { bench } = story.hood.link;
    new Uint8Array(bench.memory.buffer, bench.region('SRV6_ENCAPS'), 2 * 320).fill(0);
    assert.notEqual(story.list(5), before);
    story.encaps.rewrite.write(() => assert.fail('nothing is read of the build before'));
    assert.equal(story.list(5), before);
  });

  it('are refused where they make no sense, and nothing of them stays', async () => {
    const story = await Srv6Story.begin({ encaps: 2 });
    const cases = [
      ['E2BIG', /1 to 16 segments, got 0/, []],
      ['E2BIG', /1 to 16 segments, got 17/, Array.from({ length: 17 }, () => FAR)],
      ['EINVAL', /an IPv6 address of one station.*, got 10.0.0.1/, ['10.0.0.1']],
      ['EINVAL', /, got ff02::1/, [FAR, 'ff02::1']],
      ['EINVAL', /, got ::$/m, ['::']],
    ] as const;
    for (const [code, message, segments] of cases)
      assert.throws(() => story.addList(segments), { code, message });
    const source = parseAddress('ff02::1');
    assert.throws(() => story.addList([FAR], { source }), { code: 'EINVAL' });
    assert.throws(() => story.encaps.setSource(source), { code: 'EINVAL', message: /set tunsrc/ });
    assert.throws(() => story.addList([FAR], { origin: 'learn' }), { code: 'EINVAL' });
    for (let quiet = 0; quiet < 2; quiet++) await story.hood.router.passQuietPoint();
    story.addList([FAR]);
    assert.equal(story.encaps.size, 1);
  });

  it('hold their VRF', async () => {
    const story = await Srv6Story.begin();
    story.addList([FAR], { id: 5 });
    assert.throws(() => story.checkRemoval(story.red), { code: 'EBUSY', message: /delete vrf red/ });
    story.checkRemoval(story.blue);
    story.hood.users.remove(5);
    story.checkRemoval(story.red);
  });
});
