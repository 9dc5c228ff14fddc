import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etherFrame } from '../../net/frame/build.ts';
import type { Interface } from './index.ts';
import { LinkBench } from './testing/link-bench.ts';

const destination = '02:00:00:00:00:01';
const frame = etherFrame({ destination, source: '02:00:00:00:00:99', etherType: 0x88b5 }, new Uint8Array(60));

/** Two ports, and a mode for those that are bound to a hub, an interface of a type that takes members. */
async function openBound() {
  const links = await LinkBench.open();
  const { interfaces } = links;
  interfaces.defineMode('XC', 'xc-forward');
  interfaces.defineMode('hub', 'ip-blackhole');
  interfaces.defineType('hub', {
    remove: async () => {},
    details: () => ({ info: [], fields: {} }),
    memberMode: 'hub',
    checkMember(_, member) {
      if (member.name === 'p3') throw new Error('no room for p3');
    },
  });
  const [p1, p2] = [links.port(1), links.port(2)];
  const hub = links.port(4, { name: 'hub', type: 'hub' });
  return { ...links, links, interfaces, p1, p2, hub };
}

test('an interface without a domain is routed', async () => {
  const { p1, links } = await openBound();
  assert.equal(p1.mode, 'VRF');
  assert.deepEqual(links.receive(1, frame).ended, { 'ether-unknown-type': 1 });
});

test('an interface that is bound to another takes the mode that the other has for its members', async () => {
  const { interfaces, hub, p2, links } = await openBound();
  assert.equal((await interfaces.set('p1', { domain: hub.id })).mode, 'hub');
  assert.deepEqual(links.receive(1, frame).ended, { blackhole: 1 });
  assert.equal((await interfaces.set('p1', { domain: p2.id })).mode, 'XC');
  assert.deepEqual(links.receive(1, frame).ended, { sent: 1 });
  assert.equal((await interfaces.set('p1', { domain: 0 })).mode, 'VRF');
  assert.deepEqual(links.receive(1, frame).ended, { 'ether-unknown-type': 1 });
});

test('an interface may be bound when it is added', async () => {
  const { links, hub } = await openBound();
  assert.equal(links.port(5, { domain: hub.id }).mode, 'hub');
});

test('an interface is not bound to itself, to a VRF, to one that sends no frames, or to one that is not there', async () => {
  const { interfaces, links, p1 } = await openBound();
  const vrf = links.port(6, { name: 'red', type: 'vrf', outputStage: undefined });
  const mute = links.port(7, { name: 'mute', outputStage: undefined });
  await assert.rejects(interfaces.set('p1', { domain: p1.id }), { code: 'ELOOP' });
  await assert.rejects(interfaces.set('p1', { domain: vrf.id }), { code: 'EINVAL' });
  await assert.rejects(interfaces.set('red', { domain: p1.id }), { code: 'EINVAL' });
  await assert.rejects(interfaces.set('p1', { domain: mute.id }), { code: 'EINVAL' });
  await assert.rejects(interfaces.set('p1', { domain: 999 }), { code: 'EINVAL' });
  assert.equal(interfaces.find(p1.id)?.mode, 'VRF');
});

test('two interfaces may be bound to each other, but not to a hub that is bound itself', async () => {
  const { interfaces, p1, p2, hub } = await openBound();
  await interfaces.set('p1', { domain: p2.id });
  await interfaces.set('p2', { domain: p1.id });
  await interfaces.set('hub', { domain: p1.id });
  await assert.rejects(interfaces.set('p2', { domain: hub.id }), { code: 'ELOOP' });
});

test('a hub that is bound to another interface takes members', async () => {
  const { interfaces, hub, p1 } = await openBound();
  await interfaces.set('hub', { domain: p1.id });
  assert.equal((await interfaces.set('p2', { domain: hub.id })).mode, 'hub');
  await assert.rejects(interfaces.set('p1', { domain: hub.id }), { code: 'ELOOP' });
});

test('a member has what its domain says while it is bound, and its own again after that', async () => {
  const { interfaces, links, p1, hub } = await openBound();
  const parted: string[] = [];
  interfaces.defineType('team', {
    remove: async () => {},
    details: () => ({ info: [], fields: {} }),
    memberMode: 'hub',
    memberAttributes: ({ mac, mtu }) => ({ mac, mtu }),
    parting: (_, { name }) => void parted.push(name),
  });
  const team = links.port(5, { name: 'team', type: 'team', mtu: 1400 });
  const seen = () => [interfaces.find(p1.id)?.mtu, interfaces.find(p1.id)?.mac.value];
  const own = [1500, p1.mac.value];
  await interfaces.set('p1', { domain: team.id });
  assert.deepEqual(seen(), [1400, team.mac.value]);
  await assert.rejects(interfaces.set('p1', { mtu: 1300 }), /expected the MTU of team, 1400.*got 1300/s);
  await assert.rejects(interfaces.set('p1', { mac: p1.mac }), { code: 'EINVAL' });
  await interfaces.set('p1', { domain: hub.id });
  assert.deepEqual(seen(), own);
  await interfaces.set('p1', { domain: team.id, description: 'again' });
  await interfaces.set('p1', { domain: 0, mtu: 1600 });
  assert.deepEqual(seen(), [1600, p1.mac.value]);
  await interfaces.set('p1', { domain: team.id });
  await interfaces.remove('p1');
  assert.deepEqual(parted, ['p1', 'p1', 'p1']);
});

test('the domain may refuse a member, and so may whoever needs it routed', async () => {
  const { interfaces, links, hub, p1 } = await openBound();
  const p3 = links.port(3);
  await assert.rejects(interfaces.set('p3', { domain: hub.id }), /no room for p3/);
  const kept = new Set([p1.id]);
  interfaces.listen({
    checkBound(iface: Interface) {
      if (kept.has(iface.id)) throw new Error(`${iface.name} is needed`);
    },
  });
  await assert.rejects(interfaces.set('p1', { domain: hub.id }), /p1 is needed/);
  assert.deepEqual(
    [p1, p3].map(({ id }) => interfaces.find(id)?.domain),
    [0, 0],
  );
});

test('those that were bound to an interface are routed again when it goes', async () => {
  const { interfaces, hub, p1, links } = await openBound();
  await interfaces.set('p1', { domain: hub.id, vrf: 7 });
  await interfaces.remove('hub');
  assert.deepEqual([interfaces.find(p1.id)?.mode, interfaces.find(p1.id)?.vrf], ['VRF', 7]);
  assert.deepEqual(links.receive(1, frame).ended, { 'ether-unknown-type': 1 });
});

test('a step sees what is received, and hands on to the mode, whatever that is meanwhile', async () => {
  const { interfaces, hub, p1, links } = await openBound();
  interfaces.defineStep({ way: 'input', place: 0, stage: 'vlan-input' });
  interfaces.useStep(p1.id, 'vlan-input', true);
  assert.deepEqual(links.receive(1, frame).ended, { 'ether-unknown-type': 1 });
  assert.equal(links.bench.stagePackets('vlan-input'), 1);
  await interfaces.set('p1', { domain: hub.id });
  assert.deepEqual(links.receive(1, frame).ended, { blackhole: 1 });
  interfaces.useStep(p1.id, 'vlan-input', false);
  links.receive(1, frame);
  assert.equal(links.bench.stagePackets('vlan-input'), 2);
});

test('steps look in the order of their places', async () => {
  const { interfaces, p1, links } = await openBound();
  interfaces.defineStep({ way: 'input', place: 2, stage: 'ip-blackhole' });
  interfaces.defineStep({ way: 'input', place: 0, stage: 'vlan-input' });
  for (const stage of ['ip-blackhole', 'vlan-input']) interfaces.useStep(p1.id, stage, true);
  assert.deepEqual(links.receive(1, frame).ended, { blackhole: 1 });
  assert.equal(links.bench.stagePackets('vlan-input'), 1);
});

test('a step sees what is sent', async () => {
  const { interfaces, p2, links } = await openBound();
  interfaces.defineStep({ way: 'output', place: 1, stage: 'ip-blackhole' });
  await interfaces.set('p1', { domain: p2.id });
  interfaces.useStep(p2.id, 'ip-blackhole', true);
  assert.deepEqual(links.receive(1, frame).ended, { blackhole: 1 });
  interfaces.useStep(p2.id, 'ip-blackhole', false);
  assert.deepEqual(links.receive(1, frame).ended, { sent: 1 });
});

test('each step has a place of its own', async () => {
  const { interfaces, p1 } = await openBound();
  interfaces.defineStep({ way: 'output', place: 1, stage: 'ip-blackhole' });
  const define = (place: number) => () =>
    interfaces.defineStep({ way: 'output', place, stage: 'vlan-output' });
  assert.throws(define(1), /expected one that is free, received 1 of ip-blackhole/);
  assert.throws(define(4), /expected 0 to 3, received 4/);
  assert.throws(() => interfaces.useStep(p1.id, 'vlan-output', true), /received vlan-output/);
});

test('the device receives what is for other stations while a user, a domain or another feature needs it', async () => {
  const { interfaces, links, p1, hub } = await openBound();
  const receivesAll = () => links.receivingAll.has('p1');
  assert.equal(receivesAll(), false);
  await interfaces.set('p1', { domain: hub.id });
  assert.equal(receivesAll(), true);
  interfaces.receiveAll(p1.id, 'somebody', true);
  await interfaces.set('p1', { domain: 0 });
  assert.equal(receivesAll(), true);
  await interfaces.set('p1', { promisc: true });
  interfaces.receiveAll(p1.id, 'somebody', false);
  assert.equal(receivesAll(), true);
  await interfaces.set('p1', { promisc: false });
  assert.equal(receivesAll(), false);
});

test('what a device says of itself is told once, and only when it is news', async () => {
  const { interfaces, p1 } = await openBound();
  const mtus: number[] = [];
  interfaces.listen({ changed: (_, { mtu }) => mtus.push(mtu) });
  interfaces.note(p1.id, { mtu: 1500, running: true });
  interfaces.note(p1.id, { mtu: 1400 });
  interfaces.note(p1.id, { mtu: 1400 });
  interfaces.note(p1.id, { running: false });
  assert.deepEqual(mtus, [1400, 1400]);
});
