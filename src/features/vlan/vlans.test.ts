import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { formatMac, parseMac } from '../../net/mac.ts';
import type { LinkBench } from '../interface/testing/link-bench.ts';
import { openVlanBench, tagged } from './testing/vlan-bench.ts';
import type { Vlans } from './vlans.ts';

let links: LinkBench;
let vlans: Vlans;

beforeEach(async () => {
  ({ links, vlans } = await openVlanBench());
  links.port(1);
  links.port(2);
});

const add = (name: string, parent: string, vlanId: number, attributes = {}) =>
  vlans.add(name, { parent, vlanId, proto: '802.1q' }, attributes);
const find = (name: string) => links.interfaces.named('find', name);
const own = parseMac('02:00:00:00:00:0a');

describe('a sub-interface', () => {
  it('begins with what its parent has', () => {
    const { mtu, mac, running, speedMbps, mode, up } = add('v', 'p1', 5);
    assert.deepEqual(
      [mtu, formatMac(mac), running, speedMbps, mode, up],
      [1500, '02:00:00:00:00:01', true, 1000, 'VRF', true],
    );
    assert.deepEqual(links.interfaces.details(find('v')), {
      info: ['parent=p1', 'vlan_id=5'],
      fields: { vlan_parent: 'p1', vlan_id: 5, vlan_proto: '802.1q' },
    });
  });

  it('has a VLAN of its parent for itself', () => {
    add('v', 'p1', 5);
    assert.throws(() => add('w', 'p1', 5), { code: 'EEXIST', message: /which v has/ });
    add('w', 'p2', 5);
    assert.throws(() => add('v', 'p1', 6), { code: 'EEXIST' });
    assert.deepEqual(links.receive(1, tagged([0x8100, 6])).ended, { 'vlan-unknown': 1 });
  });

  it('is refused what cannot be', () => {
    links.port(3, { outputStage: undefined });
    assert.throws(() => add('v', 'p9', 5), { code: 'ENODEV' });
    assert.throws(() => add('v', 'p3', 5), { code: 'EINVAL' });
    assert.throws(() => add('v', 'p1', 0), { code: 'ERANGE' });
    assert.throws(() => add('v', 'p1', 4095), { code: 'ERANGE' });
    assert.throws(() => add('v', 'p1', 5, { mtu: 1501 }), { code: 'ERANGE' });
    assert.throws(() => vlans.add('v', { parent: 'p1', vlanId: 5, proto: 'isl' }, {}), { code: 'EINVAL' });
  });

  it('runs with the link of its parent, through all that lie between', async () => {
    add('v', 'p1', 5);
    add('w', 'v', 5);
    links.interfaces.note(find('p1').id, { running: false });
    assert.equal(find('w').running, false);
    links.interfaces.note(find('p1').id, { running: true, speedMbps: 25000 });
    assert.deepEqual([find('w').running, find('w').speedMbps], [true, 25000]);
    await links.interfaces.set('v', { up: false });
    assert.deepEqual([find('v').running, find('w').running], [true, false]);
  });

  it("follows its parent's MTU and address while they are the same", async () => {
    add('v', 'p1', 5);
    add('w', 'p1', 6, { mtu: 1400, mac: own });
    await links.interfaces.set('p1', { mtu: 9000, mac: parseMac('02:00:00:00:00:0b') });
    assert.deepEqual([find('v').mtu, formatMac(find('v').mac)], [9000, '02:00:00:00:00:0b']);
    assert.deepEqual([find('w').mtu, formatMac(find('w').mac)], [1400, '02:00:00:00:00:0a']);
    await links.interfaces.set('p1', { mtu: 1300 });
    assert.deepEqual([find('v').mtu, find('w').mtu], [1300, 1300]);
    await assert.rejects(links.interfaces.set('w', { mtu: 1301 }), { code: 'ERANGE' });
  });

  it('is one of thousands, on its parent and on others', () => {
    const { id: domain } = find('p2');
    for (let vlanId = 1; vlanId <= 2000; vlanId++) add(`v${vlanId}`, 'p1', vlanId, { domain });
    for (let vlanId = 1; vlanId <= 500; vlanId++) add(`w${vlanId}`, `v${vlanId}`, 7, { domain });
    assert.equal(links.receive(1, tagged([0x8100, 2000])).sent.length, 1);
    assert.equal(links.receive(1, tagged([0x88a8, 500], [0x8100, 7])).sent.length, 1);
    assert.deepEqual([links.received('v2000'), links.received('v500'), links.received('w500')], [1, 1, 1]);
    links.interfaces.note(find('p1').id, { running: false });
    assert.equal(find('w500').running, false);
  });

  it('keeps its parent from going', async () => {
    add('v', 'p1', 5);
    add('w', 'p1', 6);
    await assert.rejects(links.interfaces.remove('p1'), { code: 'EBUSY', message: /one with v, w/ });
    await links.interfaces.remove('v');
    await links.interfaces.remove('w');
    await links.interfaces.remove('p1');
  });

  it('leaves its VLAN free, and its parent as it was', async () => {
    const domain = find('p2').id;
    for (const name of ['v', 'w', 'x']) {
      add(name, 'p1', 5, { domain });
      assert.equal(links.receive(1, tagged([0x8100, 5])).sent.length, 1);
      await links.interfaces.remove(name);
      assert.deepEqual(links.receive(1, tagged([0x8100, 5])).ended, { 'vlan-unknown': 1 });
    }
    const before = links.bench.stagePackets('vlan-input');
    links.receive(1, tagged());
    assert.equal(links.bench.stagePackets('vlan-input'), before);
  });
});

describe('an address of its own', () => {
  const asked = () => [...links.receivingAll];

  it('makes the parent receive what is for other stations, and no longer than that', async () => {
    add('v', 'p1', 5, { mac: own });
    add('w', 'p1', 6);
    assert.deepEqual(asked(), ['p1']);
    await links.interfaces.set('v', { mac: find('p1').mac });
    assert.deepEqual(asked(), []);
    await links.interfaces.set('v', { mac: own });
    await links.interfaces.remove('v');
    assert.deepEqual(asked(), []);
  });

  it('asks through sub-interfaces, and so do promiscuous and bound ones', async () => {
    add('v', 'p1', 5);
    add('w', 'v', 5, { mac: own });
    assert.deepEqual(asked(), ['p1']);
    await links.interfaces.remove('w');
    assert.deepEqual(asked(), []);
    await links.interfaces.set('v', { promisc: true });
    assert.deepEqual(asked(), ['p1']);
    await links.interfaces.set('v', { promisc: false, domain: find('p2').id });
    assert.deepEqual(asked(), ['p1']);
    await links.interfaces.set('v', { domain: 0 });
    assert.deepEqual(asked(), []);
  });
});

describe('a sub-interface that moves', () => {
  it('to another VLAN receives that one only', async () => {
    add('v', 'p1', 5, { domain: find('p2').id });
    await vlans.set('v', { vlanId: 6 }, {});
    assert.deepEqual(links.receive(1, tagged([0x8100, 5])).ended, { 'vlan-unknown': 1 });
    assert.equal(links.receive(1, tagged([0x8100, 6])).sent.length, 1);
  });

  it('to another parent takes its MTU, address and link from there', async () => {
    links.port(3, { mtu: 1400, running: false });
    add('v', 'p1', 5, { domain: find('p2').id });
    const { mtu, mac, running } = await vlans.set('v', { parent: 'p3' }, {}, 'w');
    assert.deepEqual([mtu, formatMac(mac), running], [1400, '02:00:00:00:00:03', false]);
    assert.deepEqual(links.receive(1, tagged([0x8100, 5])).ended, { 'vlan-unknown': 1 });
    assert.equal(links.receive(3, tagged([0x8100, 5])).sent.length, 1);
    assert.equal(find('w').parent, find('p3').id);
  });

  it('keeps all it had when a part of the change is refused', async () => {
    add('v', 'p1', 5, { domain: find('p2').id });
    add('w', 'p1', 6);
    await assert.rejects(vlans.set('v', { vlanId: 6 }, {}), { code: 'EEXIST' });
    await assert.rejects(vlans.set('v', { vlanId: 7 }, { mtu: 9000 }), { code: 'ERANGE' });
    await assert.rejects(vlans.set('v', { vlanId: 7 }, {}, 'w'), { code: 'EEXIST' });
    assert.equal(links.receive(1, tagged([0x8100, 5])).sent.length, 1);
    assert.deepEqual(links.receive(1, tagged([0x8100, 7])).ended, { 'vlan-unknown': 1 });
  });

  it('does not become a part of itself', async () => {
    add('v', 'p1', 5);
    add('w', 'v', 6);
    await assert.rejects(vlans.set('v', { parent: 'v' }, {}), { code: 'ELOOP' });
    await assert.rejects(vlans.set('v', { parent: 'w' }, {}), { code: 'ELOOP' });
  });
});
