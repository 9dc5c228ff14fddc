import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { etherFrame } from '../../net/frame/build.ts';
import { formatMac, parseMac } from '../../net/mac.ts';
import type { Interface } from '../interface/index.ts';
import { Macs } from '../mac/index.ts';
import { BOND_MAC, BondBench, flow } from './testing/bond-bench.ts';

let bench: BondBench;
let bond: Interface;

beforeEach(async () => {
  bench = await BondBench.open();
  bond = await bench.bond({}, 3);
});

const { set, port } = {
  set: (name: string, attributes: object) => bench.links.interfaces.set(name, attributes),
  port: (number: number) => bench.links.interfaces.named('find', `p${number}`),
};
const shown = () => bench.links.interfaces.details(bench.links.interfaces.named('find', 'bond0'));
const active = () => bench.send(bond, flow(1))[0];

describe('an active-backup bond', () => {
  it('stays with the member it uses until that fails', () => {
    assert.equal(active(), 1);
    bench.link(1, false);
    assert.equal(active(), 2);
    bench.link(1, true);
    assert.equal(active(), 2);
  });

  it('returns to its primary member', async () => {
    await bench.bonds.set('bond0', { primary: 'p3' }, {});
    assert.equal(active(), 3);
    bench.link(3, false);
    assert.equal(active(), 1);
    bench.link(3, true);
    assert.equal(active(), 3);
  });

  it('leaves a member that is set down', async () => {
    await set('p1', { up: false });
    assert.equal(active(), 2);
  });

  it('announces its addresses, and those of its parts, when another member takes over', () => {
    bench.announced.length = 0;
    bench.links.port(8, { name: 'bond0.5', type: 'vlan', parent: bond.id, tag: 5 });
    bench.link(1, false);
    assert.deepEqual(bench.announced, ['bond0', 'bond0.5']);
    assert.ok(bench.links.router.events.includes('bond active: bond0 members=p2'));
  });

  it('runs while a member does, at the speed of the one it uses', () => {
    const now = () => bench.links.interfaces.named('find', 'bond0');
    assert.deepEqual([now().running, now().speedMbps], [true, 1000]);
    for (const number of [1, 2, 3]) bench.link(number, false);
    assert.deepEqual([now().running, now().speedMbps], [false, 0]);
  });

  it('is shown with its members', async () => {
    await bench.bonds.set('bond0', { primary: 'p2' }, {});
    const { info, fields } = shown();
    assert.deepEqual(info, ['mode=active-backup', 'balance=l3+l4', 'primary=p2', 'members=3', 'active=p2']);
    assert.deepEqual((fields.bond_members as object[])[1], {
      name: 'p2',
      active: true,
      primary: true,
      mac: '02:00:00:00:00:02',
      speed: 1000,
    });
  });
});

describe('a member', () => {
  it('has the MAC address and the MTU of its bond, and its own again', async () => {
    await bench.bonds.set('bond0', {}, { mac: parseMac(BOND_MAC), mtu: 1400 });
    assert.deepEqual([formatMac(port(1).mac), port(1).mtu], [BOND_MAC, 1400]);
    await set('p1', { domain: 0 });
    assert.deepEqual([formatMac(port(1).mac), port(1).mtu], ['02:00:00:00:00:01', 1500]);
    assert.equal(active(), 2);
  });

  it('that refuses what the bond is to have leaves all as it was', async () => {
    bench.links.change = (_, after) => {
      if (after.name === 'p2' && after.mtu > 1500) throw new Error('too long for p2');
      return after;
    };
    await assert.rejects(bench.bonds.set('bond0', {}, { mtu: 9000 }), /too long for p2/);
    assert.deepEqual(
      [port(1), port(2), port(3), bench.links.interfaces.named('find', 'bond0')].map(({ mtu }) => mtu),
      [1500, 1500, 1500, 1500],
    );
  });

  it('goes with its link, and comes again', async () => {
    await bench.bonds.set('bond0', { primary: 'p1' }, {});
    await bench.links.interfaces.remove('p1');
    assert.equal(active(), 2);
    assert.deepEqual([...bench.watched], [2, 3]);
    assert.ok(!shown().info.some((word) => word.startsWith('primary=')));
  });

  it('receives all, so that what the bond is to receive for reaches it by any of them', async () => {
    assert.deepEqual([...bench.links.receivingAll], ['p1', 'p2', 'p3']);
    const further = '02:00:00:00:aa:01';
    const frame = etherFrame(
      { destination: further, source: '02:00:00:00:00:99', etherType: 0x88b5 },
      new Uint8Array(46),
    );
    const drops = () => bench.links.receive(1, frame).ended;
    assert.deepEqual(drops(), { 'ether-other-station': 1 });
    new Macs(bench.links.router, bench.links.interfaces).add('bond0', parseMac(further));
    assert.deepEqual(drops(), { 'ether-unknown-type': 1 });
    await set('p1', { domain: 0 });
    assert.deepEqual([...bench.links.receivingAll], ['p2', 'p3']);
  });

  it('is asked for its link often', () => {
    assert.deepEqual([...bench.watched], [1, 2, 3]);
  });

  it('is a port, and one of sixteen at most', async () => {
    bench.links.port(4, { name: 'v4', type: 'vlan' });
    await assert.rejects(set('v4', { domain: bond.id }), { code: 'EINVAL' });
    for (let number = 4; number <= 16; number++) {
      bench.links.port(number);
      await set(`p${number}`, { domain: bond.id });
    }
    bench.links.port(17);
    await assert.rejects(set('p17', { domain: bond.id }), { code: 'ENOSPC' });
  });
});

it('all bonds are written again for a build that has their tables elsewhere', () => {
  const { bench: datapath } = bench.links;
  const bytes = new Uint8Array(datapath.memory.buffer);
  for (const table of bench.bonds.rewrite.tables) {
    const { address, bytes: length } = datapath.datapath.info.tables[table] ?? assert.fail(table);
    bytes.fill(0, address, address + length);
  }
  assert.equal(active(), undefined);
  bench.bonds.rewrite.write(() => assert.fail('nothing is read of the build before'));
  assert.equal(active(), 1);
  assert.deepEqual(bench.links.receive(2, flow(1)).ended, { 'bond-inactive': 1 });
  assert.deepEqual(bench.links.receive(1, flow(1)).ended, { 'ether-other-station': 1 });
});

describe('what cannot be is refused', () => {
  it('a primary that is no member, or in mode lacp', async () => {
    bench.links.port(9);
    await assert.rejects(bench.bonds.set('bond0', { primary: 'p9' }, {}), { code: 'EINVAL' });
    await assert.rejects(bench.bonds.set('bond0', { primary: 'p1', mode: 'lacp' }, {}), { code: 'EINVAL' });
  });

  it('the 64th bond', () => {
    const add = (name: string) => bench.bonds.add(name, { mode: 'active-backup', balance: 'rss' }, {});
    for (let number = 1; number < 63; number++) add(`bond${number}`);
    assert.throws(() => add('bond63'), { code: 'ENOSPC' });
  });
});
