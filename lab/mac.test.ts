import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ordinary } from './builds.ts';
import { examplesOf } from './docs.ts';
import { testTopology } from './testing.ts';
import { assertNoPing, assertPings, ping } from './witness/ping.ts';

const FURTHER = '02:00:00:00:aa:01';

const { router, hosts } = await testTopology({ hosts: { left: {}, right: { link: 'veth' } } });
const { left, right } = hosts;
const [example = ''] = await examplesOf('docs/features/mac.md');
const everywhere = [left.gateway4, left.gateway6, right.ip4, right.ip6];
// So that nobody has to be asked for any more: what waits for an answer may be overtaken.
for (const address of everywhere) await ping(left, address);

/** Lets a host send what is for its router to an address. */
async function sendTo(mac: string): Promise<void> {
  for (const gateway of [left.gateway4, left.gateway6])
    await left.ip(`neigh replace ${gateway} lladdr ${mac} dev ${left.device} nud permanent`);
}

test('a host reaches the router, and others through it, by a further address', async () => {
  await sendTo(FURTHER);
  await assertNoPing(left, left.gateway4);
  assert.match(await router.ctl(example), /^left +02:00:00:00:aa:01 +2$/m);
  for (const address of everywhere) await assertPings(left, address);
});

test('the address is gone when all have taken it back', async () => {
  await router.ctl(`mac del ${FURTHER} iface left`);
  await assertPings(left, right.ip4);
  await router.ctl(`mac del ${FURTHER} iface left`);
  await assertNoPing(left, right.ip6);
  const { stderr } = await router.attempt(`mac del ${FURTHER} iface left`);
  assert.match(stderr, /ENOENT/);
});

test('a device that cannot choose by one more address receives all while there is one', async () => {
  const isPromiscuous = async () => (await router.namespace.run('ip link show x-spare')).includes('PROMISC');
  await router.ctl('interface add port spare devargs net_tap9,iface=x-spare');
  assert.equal(await isPromiscuous(), false);
  await router.ctl(`mac add ${FURTHER} iface spare`);
  assert.equal(await isPromiscuous(), true);
  await router.ctl(`mac del ${FURTHER} iface spare`);
  assert.equal(await isPromiscuous(), false);
});

test('an address is kept over a swap of the datapath', async () => {
  await router.ctl(`mac add ${FURTHER} iface left\ndatapath swap ${ordinary}`);
  await assertPings(left, right.ip4);
});

test('mac set gives the interface another address of its own', async () => {
  const own = '02:00:00:00:bb:01';
  await router.ctl(`mac set ${own} iface right`);
  const [found] = await router.list('interface show name right');
  assert.equal(found?.mac, own);
  await right.ip(`neigh replace ${right.gateway4} lladdr ${own} dev ${right.device} nud permanent`);
  await assertPings(right, left.ip4);
});
