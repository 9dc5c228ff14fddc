import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { sendFrames } from './witness/frames.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';
import { startVlanDevice } from './witness/vlan-device.ts';

// left and right are on one network of their own, 192.0.2.0/24 and 2001:db8::/64, once the router connects them.
const { router, hosts } = await testTopology({
  hosts: {
    left: { link: 'pcap', mtu: 9000 },
    right: { link: 'pcap', mtu: 9000 },
    trunk: {},
    other: {},
  },
});
const { left, right, trunk, other } = hosts;
await left.ip(`address add 192.0.2.1/24 dev ${left.device}\naddress add 2001:db8::1/64 dev ${left.device}`);
await right.ip(
  `address add 192.0.2.2/24 dev ${right.device}\naddress add 2001:db8::2/64 dev ${right.device}`,
);

const [wire = '', ofVlan = '', back = ''] = await examplesOf('docs/features/cross-connect.md');
const ports = async (name: string) => (await router.list(`interface show name ${name}`))[0];
const flushed = (name: string) => `address flush iface ${name}`;

test('an interface with addresses is not bound, and says which they are', async () => {
  await assertPings(left, right.ip4); // so that there are neighbours to be forgotten
  await assertPings(left, right.ip6);
  const { stderr } = await router.attempt('interface set port left domain right');
  assert.match(stderr, /\(EBUSY\)/);
  assert.match(stderr, /10\.1\.0\.1\/24, fd00:1::1\/64/);
});

test('an interface with a next hop of a user is not bound', async () => {
  await router.ctl(`${flushed('left')}\nnexthop add l3 iface left id 77 address 10.1.0.2`);
  const { stderr } = await router.attempt('interface set port left domain right');
  assert.match(stderr, /\(EBUSY\).*next hops 77/s);
  await router.ctl('nexthop del 77');
});

test('hosts behind two cross-connected ports reach each other as on one link', async () => {
  await router.ctl(`
    ${flushed('right')}
    ${wire}
  `);
  const { mode, domain, vrf } = (await ports('left')) ?? {};
  assert.deepEqual([mode, domain, vrf], ['XC', 'right', undefined]);
  await assertPings(left, '192.0.2.2', '-t 1');
  await assertPings(left, '2001:db8::2', '-t 1');
  const { stdout } = await left.attempt('ip neigh show 192.0.2.2');
  assert.match(stdout, new RegExp(right.mac));
});

test('jumbo frames pass, which lie in several buffers', async () => {
  await assertPings(left, '192.0.2.2', '-s 8900 -M do');
  await assertPings(right, '2001:db8::1', '-s 8900 -M do');
});

test('frames pass as they came, whatever their type and whoever they are for', async () => {
  await using seen = await startCapture(right, right.device, 'ether proto 0x88b5');
  const sent = ['0180c2000000', '020000000abc'].map(
    (mac) => `${mac}02000000feed88b5${Buffer.from('as it is').toString('hex').repeat(8)}`,
  );
  await sendFrames(
    left,
    sent.map((frame) => Buffer.from(frame, 'hex')),
  );
  const arrived = () => seen.dissected('eth', ['eth.dst', 'frame.len']);
  await eventually(async () =>
    assert.deepEqual(await arrived(), ['01:80:c2:00:00:00\t78', '02:00:00:00:0a:bc\t78']),
  );
});

test('an interface that is bound takes no address, and its neighbours and link-local address have gone', async () => {
  const { stderr } = await router.attempt('address add 10.1.0.1/24 iface left');
  assert.match(stderr, /\(EINVAL\).*bound to right/s);
  const rows = async (command: string) =>
    (await router.list(command)).filter(({ iface }) => iface === 'left');
  assert.deepEqual(await rows('address show'), []);
  assert.deepEqual(await rows('nexthop show internal'), []);
  const nexthop = await router.attempt('nexthop add l3 iface left address 10.1.0.2');
  assert.match(nexthop.stderr, /\(EINVAL\).*bound to right/s);
});

test('frames are dropped by name when the other interface is down', async () => {
  const before = await router.counted('xc-peer-down');
  await router.ctl('interface set port right down');
  await assertNoPing(left, '192.0.2.2', '-c 1');
  await eventually(async () => assert.ok((await router.counted('xc-peer-down')) > before));
  await router.ctl('interface set port right up');
  await assertPings(left, '192.0.2.2');
});

test('an interface comes back into its VRF as it was', async () => {
  await router.ctl(`
    ${back}
    address add ${left.gateway4}/24 iface left
    address add ${left.gateway6}/64 iface left
    address add ${right.gateway4}/24 iface right
    address add ${right.gateway6}/64 iface right
  `);
  assert.deepEqual([(await ports('left'))?.mode, (await ports('left'))?.vrf], ['VRF', 'main']);
  await assertPings(left, right.ip4);
  await assertPings(left, right.ip6);
  const linkLocal = (await router.list('address show iface left')).find(({ address }) =>
    String(address).startsWith('fe80:'),
  );
  const [address] = String(linkLocal?.address).split('/');
  await assertPings(left, `${address}%${left.device}`);
});

test('a VLAN that is cross-connected to a port loses its tag there, and gets it on the way back', async () => {
  const vlan = await startVlanDevice(trunk, {
    parent: trunk.device,
    name: 'v7',
    vlanId: 7,
    addresses: ['198.51.100.1/24', '2001:db8:7::1/64'],
  });
  try {
    await other.ip(`
      address add 198.51.100.2/24 dev ${other.device}
      address add 2001:db8:7::2/64 dev ${other.device}`);
    await router.ctl(`
      ${flushed('other')}
      ${ofVlan}
    `);
    await using onTrunk = await startCapture(trunk, trunk.device, 'vlan 7');
    await using onOther = await startCapture(other, other.device, 'vlan');
    await assertPings(trunk, '198.51.100.2');
    await assertPings(other, '2001:db8:7::1');
    assert.deepEqual(await onOther.lines(), []);
    assert.ok((await onTrunk.dissected('icmp && vlan.id == 7')).length >= 6);
    await assertPings(trunk, trunk.gateway4);
    await router.ctl('interface set vlan trunk.7 down');
    await assertNoPing(other, '198.51.100.1', '-c 1');
    await router.ctl('interface del trunk.7');
    assert.equal((await ports('other'))?.mode, 'VRF');
  } finally {
    await vlan.close();
  }
});
