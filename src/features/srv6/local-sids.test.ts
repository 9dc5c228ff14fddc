import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../net/address.ts';
import {
  FLAVOR_NEXT_CSID,
  FLAVOR_PSP,
  FLAVOR_USD,
  SID_END,
  SID_END_DT46,
  SID_END_T,
  SID_END_X,
} from './layout.ts';
import { BLUE, Srv6Story } from './testing/srv6-story.ts';

describe('SIDs of ours', () => {
  it('say what they do, to users and to packets', async () => {
    const story = await Srv6Story.begin();
    story.addSid({ id: 5, flavors: ['psp', 'usd'] });
    assert.equal(story.show(5), 'SRv6-local behavior=end flavor=psp,usd');
    assert.equal(
      story.sid(5),
      `behavior ${SID_END} flavors ${FLAVOR_PSP | FLAVOR_USD} vrf 3 iface 30 nexthop 0`,
    );
    story.addSid({ id: 6, behavior: 'end.t', flavors: ['next-csid'], table: BLUE });
    assert.equal(
      story.show(6),
      'SRv6-local behavior=end.t table=blue flavor=next-csid block-bits=32 csid-bits=16',
    );
    assert.equal(story.sid(6), `behavior ${SID_END_T} flavors ${FLAVOR_NEXT_CSID} vrf 4 iface 31 nexthop 0`);
    story.addSid({ id: 7, behavior: 'end.dt46', table: BLUE });
    assert.equal(story.show(7), 'SRv6-local behavior=end.dt46 table=blue');
    assert.equal(story.sid(7), `behavior ${SID_END_DT46} flavors 0 vrf 4 iface 31 nexthop 0`);
    assert.deepEqual(Object.fromEntries(story.sids.counts), { end: 1, 'end.t': 1, 'end.dt46': 1 });
  });

  it('of end.x hold their neighbour and its interface', async () => {
    const story = await Srv6Story.begin();
    const { iface, hops } = story.hood;
    const address = parseAddress('2001:db8::9');
    story.addSid({ id: 5, behavior: 'end.x', flavors: ['usd'], neighbor: { iface, address } });
    const neighbor = hops.resolve(iface, address);
    assert.equal(story.show(5), 'SRv6-local behavior=end.x nexthop=2001:db8::9 iface=p0 flavor=usd');
    assert.equal(
      story.sid(5),
      `behavior ${SID_END_X} flavors ${FLAVOR_USD} vrf 3 iface 30 nexthop ${neighbor}`,
    );
    const isHeld = () => {
      const nextHop = hops.find(neighbor);
      return nextHop !== undefined && hops.isUsed(nextHop);
    };
    assert.ok(isHeld());
    for (const check of [() => story.checkRemoval(iface), () => story.checkBound(iface)])
      assert.throws(check, {
        code: 'EBUSY',
        message: /no SID goes through, got one that next hop 5 goes through/,
      });
    story.hood.users.remove(5);
    assert.ok(!isHeld());
    story.checkRemoval(iface);
  });

  it('are replaced with their id, by a record that no packet has read', async () => {
    const story = await Srv6Story.begin({ sids: 3 });
    story.addSid({ id: 5 });
    story.addSid({ id: 5, behavior: 'end.dt46', table: BLUE });
    assert.equal(story.show(5), 'SRv6-local behavior=end.dt46 table=blue');
    assert.deepEqual(Object.fromEntries(story.sids.counts), { 'end.dt46': 1 });
    assert.throws(() => story.addSid(), { code: 'ENOSPC', message: /one more SID/ });
    for (let quiet = 0; quiet < 2; quiet++) await story.hood.router.passQuietPoint();
    story.addSid();
  });

  it('may become lists of segments, and lists may become SIDs', async () => {
    const story = await Srv6Story.begin({ sids: 2, encaps: 2 });
    story.addSid({ id: 5 });
    story.addList(['2001:db8:e::1'], { id: 5 });
    await Promise.resolve();
    assert.match(story.show(5), /^SRv6 h.encaps/);
    assert.deepEqual([story.sids.counts.size, story.encaps.size], [0, 1]);
    for (let quiet = 0; quiet < 2; quiet++) await story.hood.router.passQuietPoint();
    story.addSid({ id: 5 });
    await Promise.resolve();
    assert.deepEqual([story.sids.counts.size, story.encaps.size], [1, 0]);
  });

  it('are written again for a build that has them elsewhere', async () => {
    const story = await Srv6Story.begin();
    story.addSid({ id: 5, behavior: 'end.t', table: BLUE });
    const before = story.sid(5);
    const { bench } = story.hood.link;
    new Uint8Array(bench.memory.buffer, bench.region('SRV6_SIDS'), 2 * 16).fill(0);
    story.sids.rewrite.write(() => assert.fail('nothing is read of the build before'));
    assert.equal(story.sid(5), before);
  });

  it('are refused where they make no sense, and nothing of them stays', async () => {
    const story = await Srv6Story.begin({ sids: 2 });
    const { iface } = story.hood;
    const cases = [
      [
        /IPv6 address of a neighbour, got 10.0.0.9/,
        { neighbor: { iface, address: parseAddress('10.0.0.9') } },
      ],
      [/no flavor of end.dt46.*, got psp/, { behavior: 'end.dt46', flavors: ['psp'] }],
      [/of at most 127 together, got 100 and 60/, { blockBits: 100, csidBits: 60 }],
      [/from 1 on.*, got 0 and 16/, { blockBits: 0 }],
      [/an origin other than/, { origin: 'learn' }],
    ] as const;
    for (const [message, fields] of cases)
      assert.throws(() => story.addSid(fields), { code: 'EINVAL', message });
    for (let quiet = 0; quiet < 2; quiet++) await story.hood.router.passQuietPoint();
    story.addSid();
    assert.equal(story.sids.counts.get('end'), 1);
  });

  it('hold their VRF, and that which they look in', async () => {
    const story = await Srv6Story.begin();
    story.addSid({ id: 5, behavior: 'end.dt46', table: BLUE });
    for (const vrf of [story.red, story.blue])
      assert.throws(() => story.checkRemoval(vrf), { code: 'EBUSY', message: /next hop 5/ });
    story.hood.users.remove(5);
    for (const vrf of [story.red, story.blue]) story.checkRemoval(vrf);
  });
});
