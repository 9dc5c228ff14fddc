import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../net/address.ts';
import { formatMac, parseMac } from '../../net/mac.ts';
import { HOST_MAC, IFACE, ROUTER_MAC, VRF } from './testing/link-bench.ts';
import { Neighborhood } from './testing/neighborhood.ts';

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const OTHER_MAC = '02:00:00:00:00:0b';
const question = `${ROUTER_MAC} > ${BROADCAST} arp, arp who-has 10.0.0.2 tell 10.0.0.1`;

describe('neighbours', () => {
  it('are asked for by ARP when a packet waits, which goes when they answer', async () => {
    const hood = await Neighborhood.open();
    hood.send('10.0.0.2');
    assert.deepEqual(hood.look(), { sent: [question], ended: { punted: 1, sent: 1 } });
    assert.equal(hood.stateOf('10.0.0.2'), 'pending');
    hood.answer('10.0.0.2');
    assert.deepEqual(hood.look().sent, [
      `${ROUTER_MAC} > ${HOST_MAC} ipv4, 192.0.2.9 > 10.0.0.2 proto 253 ttl 64 length 24, 4 bytes`,
    ]);
    assert.equal(hood.stateOf('10.0.0.2'), 'reachable');
    assert.equal(hood.router.packetsHeld, 0);
  });

  it('are asked for by ND', async () => {
    const hood = await Neighborhood.open();
    hood.send('2001:db8::a:2');
    assert.deepEqual(hood.look().sent, [
      `${ROUTER_MAC} > 33:33:ff:0a:00:02 ipv6, 2001:db8::1 > ff02::1:ff0a:2 icmpv6 hop-limit 255 length 32, ` +
        'icmpv6 neighbor solicitation 2001:db8::a:2, 8 bytes',
    ]);
  });

  it('have packets wait that are not IP, which go to the stage of their ethertype, also where nobody answers', async () => {
    const hood = await Neighborhood.open();
    hood.hops.takeHeld(0x8847, 'ip-blackhole');
    const hold = (nextHop: number) => {
      const fields = { iface: IFACE, vrf: VRF, nextHop, etherType: 0x4788 };
      hood.router.take(hood.link.bench.inject('neighbor-hold', new Uint8Array(44).fill(0x45), fields));
    };
    const [answering, silent] = ['10.0.0.2', '10.0.0.3'].map((host) =>
      hood.hops.resolve(hood.iface, parseAddress(host)),
    );
    hold(answering ?? 0);
    hood.look();
    hood.answer('10.0.0.2');
    assert.deepEqual(hood.look(), { sent: [], ended: { blackhole: 1, consumed: 1 } });
    hold(silent ?? 0);
    hood.pass(4);
    assert.equal(hood.look().ended.blackhole, 1);
    hold(hood.hops.connected(hood.iface));
    assert.equal(hood.look().ended['neighbor-gone'], 1);
    assert.equal(hood.router.packetsHeld, 0);
  });

  it('tell whoever routes to them that they came and went', async () => {
    const hood = await Neighborhood.open();
    hood.send('10.0.0.2');
    hood.pass(63);
    assert.deepEqual(hood.notices, [
      'created vrf=3 iface=7 ipv4/a000002',
      'removed vrf=3 iface=7 ipv4/a000002',
    ]);
    assert.deepEqual(hood.router.events, [
      'nh new: type=L3 iface=p0 vrf=red origin=link',
      'nh new: type=L3 iface=p0 vrf=red origin=learn 10.0.0.2 state=new',
      'nh update: type=L3 iface=p0 vrf=red origin=learn 10.0.0.2 state=pending',
      'nh update: type=L3 iface=p0 vrf=red origin=learn 10.0.0.2 state=failed',
      'nh del: type=L3 iface=p0 vrf=red origin=learn 10.0.0.2 state=failed',
    ]);
  });

  it('fail after three questions, and refuse what was held and what comes then', async () => {
    const hood = await Neighborhood.open();
    hood.send('10.0.0.2');
    hood.send('10.0.0.2');
    hood.pass(2);
    assert.equal(hood.look().sent.length, 3);
    hood.pass(1);
    assert.deepEqual(hood.look(), { sent: [], ended: { blackhole: 2 } });
    assert.equal(hood.stateOf('10.0.0.2'), 'failed');
    hood.send('10.0.0.2');
    assert.deepEqual(hood.look().ended, { punted: 1, blackhole: 1 });
    hood.answer('10.0.0.2');
    hood.send('10.0.0.2');
    assert.equal(hood.look().sent.length, 1);
  });

  it('hold as many packets as configured, the newest', async () => {
    const hood = await Neighborhood.open();
    hood.hops.configure({ heldPackets: 2 });
    for (let i = 0; i < 5; i++) hood.send('10.0.0.2');
    assert.deepEqual(hood.look().ended, { punted: 5, 'neighbor-held-too-many': 3, sent: 1 });
    hood.answer('10.0.0.2');
    assert.equal(hood.look().sent.length, 2);
  });

  it('are not more than configured', async () => {
    const hood = await Neighborhood.open();
    hood.send('10.0.0.2');
    hood.hops.configure({ max: hood.hops.table.size });
    hood.look();
    hood.send('10.0.0.3');
    assert.deepEqual(hood.look().ended, { punted: 1, 'neighbor-table-full': 1 });
    hood.arp({ operation: 'request', sender: '10.0.0.4', target: '10.0.0.1' });
    assert.equal(hood.stateOf('10.0.0.4'), 'unknown');
  });

  it('let go of what they hold when their interface goes', async () => {
    const hood = await Neighborhood.open();
    hood.send('10.0.0.2');
    hood.look();
    await hood.interfaces.remove(hood.iface);
    assert.deepEqual(hood.look().ended, { 'neighbor-gone': 1 });
    assert.equal(hood.hops.table.size, 0);
  });

  it('drop a packet whose next hop is gone, or leads to no station of a link', async () => {
    const hood = await Neighborhood.open();
    const blackhole = hood.users.add({ id: 1, origin: 'static', vrf: 1, target: { type: 'blackhole' } });
    for (const nextHop of [4000, blackhole.index]) {
      hood.hold(nextHop, '10.0.0.2');
      assert.deepEqual(hood.look().ended, { punted: 1, 'neighbor-gone': 1 });
    }
    for (const destination of ['224.0.0.1', '0.0.0.0', 'ff02::1']) {
      hood.hold(hood.hops.connected(hood.iface), destination);
      assert.deepEqual(hood.look().ended, { punted: 1, 'neighbor-gone': 1 });
    }
  });

  it('are learnt when they ask us, on a subnet of ours only', async () => {
    const hood = await Neighborhood.open();
    hood.arp({ operation: 'request', sender: '10.0.0.5', target: '10.0.0.1' });
    hood.arp({ operation: 'request', sender: '8.8.8.8', target: '10.0.0.1' });
    assert.equal(hood.stateOf('10.0.0.5'), 'reachable');
    assert.equal(hood.stateOf('8.8.8.8'), 'unknown');
  });

  it('are learnt from what they say to others only where the interface snoops', async () => {
    const hood = await Neighborhood.open();
    hood.arp({ operation: 'request', sender: '10.0.0.5', target: '10.0.0.6' });
    hood.arp({ operation: 'request', sender: '10.0.0.7', target: '10.0.0.7' });
    assert.deepEqual([hood.stateOf('10.0.0.5'), hood.stateOf('10.0.0.7')], ['unknown', 'unknown']);
    hood.link.snooping = true;
    hood.change({ snooping: true });
    hood.arp({ operation: 'request', sender: '10.0.0.5', target: '10.0.0.6' });
    hood.arp({ operation: 'request', sender: '10.0.0.7', target: '10.0.0.7' });
    assert.deepEqual([hood.stateOf('10.0.0.5'), hood.stateOf('10.0.0.7')], ['stale', 'stale']);
  });

  it('may move to another MAC by announcing it', async () => {
    const hood = await Neighborhood.open();
    hood.send('10.0.0.2');
    hood.answer('10.0.0.2');
    hood.look();
    hood.arp({ operation: 'request', sender: '10.0.0.2', target: '10.0.0.2', mac: OTHER_MAC });
    hood.send('10.0.0.2');
    assert.match(hood.look().sent.join(), new RegExp(`> ${OTHER_MAC} ipv4`));
  });

  it('are asked again when they are used after their lifetime', async () => {
    const hood = await Neighborhood.open();
    hood.hops.configure({ lifetime: 30 });
    hood.send('10.0.0.2');
    hood.answer('10.0.0.2');
    hood.pass(30);
    assert.equal(hood.stateOf('10.0.0.2'), 'stale');
    hood.link.bench.clock += 40_000_000_000n;
    hood.link.bench.receive(0, []);
    hood.send('10.0.0.2');
    hood.look();
    hood.pass(5);
    assert.deepEqual(hood.look().sent, [
      `${ROUTER_MAC} > ${HOST_MAC} arp, arp who-has 10.0.0.2 tell 10.0.0.1`,
    ]);
    hood.answer('10.0.0.2');
    assert.equal(hood.stateOf('10.0.0.2'), 'reachable');
  });

  it('are forgotten when nobody uses them for two lifetimes, and their index waits for the workers', async () => {
    const hood = await Neighborhood.open();
    hood.hops.configure({ lifetime: 30 });
    hood.send('10.0.0.2');
    hood.answer('10.0.0.2');
    const index = hood.hops.resolve(hood.iface, parseAddress('10.0.0.2'));
    const record = hood.link.bench.region('NEXT_HOPS') + index * 32;
    hood.pass(65);
    assert.equal(hood.stateOf('10.0.0.2'), 'unknown');
    await hood.router.passQuietPoint();
    assert.notEqual(hood.link.bench.view.getUint16(record, true), 0);
    await hood.router.passQuietPoint();
    assert.equal(hood.link.bench.view.getUint16(record, true), 0);
  });

  it('start anew when the interface goes down, and those nobody needs are forgotten', async () => {
    const hood = await Neighborhood.open();
    for (const host of ['10.0.0.2', '10.0.0.3']) {
      hood.send(host);
      hood.answer(host);
    }
    hood.hops.use(hood.hops.resolve(hood.iface, parseAddress('10.0.0.3')));
    hood.change({ up: false });
    assert.deepEqual([hood.stateOf('10.0.0.2'), hood.stateOf('10.0.0.3')], ['unknown', 'new']);
  });

  it('follow the interface to another VRF and another MAC', async () => {
    const hood = await Neighborhood.open();
    const target = {
      type: 'L3',
      iface: 7,
      address: parseAddress('10.0.0.9'),
      mac: undefined,
      remote: false,
    } as const;
    hood.users.add({ id: 5, origin: 'static', vrf: 3, target });
    hood.change({ vrf: 1 });
    assert.equal(hood.hops.table.findId(5)?.vrf, 1);
    assert.deepEqual(hood.notices.slice(1), [
      'removed vrf=3 iface=7 ipv4/a000009',
      'created vrf=1 iface=7 ipv4/a000009',
    ]);
  });

  it('hear that an address is ours, when it is added and when the interface comes up', async () => {
    const hood = await Neighborhood.open();
    const own = parseAddress('10.0.0.8');
    hood.change({ up: false });
    hood.hops.answers.answerFor(hood.iface, own);
    assert.deepEqual(hood.look().sent, []);
    hood.change({ up: true });
    const { sent } = hood.look();
    assert.equal(sent.length, 3);
    assert.ok(sent.includes(`${ROUTER_MAC} > ${BROADCAST} arp, arp who-has 10.0.0.8 tell 10.0.0.8`));
    assert.ok(sent.some((line) => line.endsWith('icmpv6 neighbor advertisement 2001:db8::1, 8 bytes')));
    hood.hops.answers.stopAnswering(hood.iface, own);
    hood.hops.answers.announceAll(hood.iface);
    assert.equal(hood.look().sent.length, 2);
  });

  it('hear nothing of an interface that is bound to another, whatever changes', async () => {
    const hood = await Neighborhood.open();
    hood.look();
    hood.change({ domain: 9, mac: parseMac('02:00:00:00:00:99') });
    hood.change({ up: false });
    hood.change({ up: true });
    assert.deepEqual(hood.look().sent, []);
    hood.change({ domain: 0 });
    hood.change({ mac: parseMac('02:00:00:00:00:98') });
    assert.equal(hood.look().sent.length, 2);
  });

  it('are asked whether an address is free, and heard when it is not', async () => {
    const hood = await Neighborhood.open();
    const { answers } = hood.hops;
    const claims: string[] = [];
    const probe = (value: bigint) =>
      answers.probe(hood.iface, { family: 'ipv4', value }, (mac) =>
        claims.push(`${value} ${formatMac(mac)}`),
      );
    probe(0x0a000007n);
    assert.deepEqual(hood.look().sent, [
      `${ROUTER_MAC} > ${BROADCAST} arp, arp who-has 10.0.0.7 tell 0.0.0.0`,
    ]);
    hood.arp({ sender: '10.0.0.7', target: '0.0.0.0', mac: OTHER_MAC });
    assert.deepEqual(claims, [`${0x0a000007n} ${OTHER_MAC}`]);
    probe(0x0a000008n);
    hood.arp({ sender: '10.0.0.7', target: '0.0.0.0', mac: OTHER_MAC });
    answers.endProbe(hood.iface);
    hood.arp({ sender: '10.0.0.8', target: '0.0.0.0', mac: OTHER_MAC });
    assert.equal(claims.length, 1);
    assert.equal(hood.stateOf('10.0.0.7'), 'unknown');
    assert.deepEqual(hood.router.events, []);
  });

  it('that use an address of ours are named, and it is defended, but not too often', async () => {
    const hood = await Neighborhood.open();
    for (let i = 0; i < 3; i++)
      hood.arp({ operation: 'request', sender: '10.0.0.1', target: '10.0.0.1', mac: OTHER_MAC });
    assert.deepEqual(hood.look().sent, [
      `${ROUTER_MAC} > ${BROADCAST} arp, arp who-has 10.0.0.1 tell 10.0.0.1`,
    ]);
    assert.deepEqual(hood.router.events, [`addr4 conflict: iface=p0 10.0.0.1 mac=${OTHER_MAC}`]);
    hood.nowMs += 11_000;
    hood.arp({ operation: 'request', sender: '10.0.0.1', target: '10.0.0.1', mac: OTHER_MAC });
    assert.equal(hood.look().sent.length, 1);
  });
});
