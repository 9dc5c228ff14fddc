import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { joinBytes } from '../src/net/frame/build.ts';
import { macToBytes, parseMac } from '../src/net/mac.ts';
import { ordinary } from './builds.ts';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import type { Host } from './host.ts';
import { Program } from './program.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { sendFrames } from './witness/frames.ts';
import { iperf } from './witness/iperf.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';
import { startVlanDevice, type VlanDevicePlan } from './witness/vlan-device.ts';

// On the TAP to trunk are VLAN 5, and 7 within 100; on the veth pair to veth is VLAN 6. A VLAN's network is 10.1N or 10.2N.
const { router, hosts } = await testTopology({ hosts: { trunk: {}, veth: { link: 'veth' }, plain: {} } });
const { trunk, veth, plain } = hosts;

/** A VLAN device at a host's end. */
async function attach(host: Host, plan: Omit<VlanDevicePlan, 'addresses'>, network?: number): Promise<void> {
  const addresses = network === undefined ? [] : [`10.${network}.0.2/24`, `fd00:${network}::2/64 nodad`];
  const device = await startVlanDevice(host, { ...plan, addresses });
  after(() => device.close());
}

/** Routes to all other networks by a VLAN. */
const routes = (device: string, network: number) => `
  route add 10.0.0.0/8 via 10.${network}.0.1 dev ${device}
  route add fd00::/16 via fd00:${network}::1 dev ${device}`;

const [simple = '', stacked = ''] = await examplesOf('docs/features/vlan.md');
await router.ctl(`
  ${simple}
  interface add vlan veth.6 parent veth vlan_id 6 mac 02:00:00:00:00:66
  address add 10.26.0.1/24 iface veth.6
  address add fd00:26::1/64 iface veth.6
`);
await attach(trunk, { parent: trunk.device, name: 'v5', vlanId: 5, priority: 3 }, 15);
await attach(veth, { parent: veth.device, name: 'v6', vlanId: 6 }, 26);
await trunk.ip(routes('v5', 15));
await veth.ip(routes('v6', 26));

const shown = async (name: string) => (await router.list(`interface show name ${name}`))[0] ?? {};
const stats = async (name: string) =>
  (await router.list('interface stats')).find((row) => row.interface === name) ?? {};

for (const [family, address, request, answer] of [
  ['IPv4', '10.26.0.2', 'icmp.type == 8', 'icmp.type == 0'],
  ['IPv6', 'fd00:26::2', 'icmpv6.type == 128', 'icmpv6.type == 129'],
] as const) {
  test(`${family}: a VLAN on a TAP reaches one with an address of its own on a veth pair`, async () => {
    await using onTrunk = await startCapture(trunk, trunk.device, 'vlan');
    await assertPings(trunk, address, '-s 1400');
    const tags = async (filter: string) => [
      ...new Set(await onTrunk.dissected(filter, ['vlan.id', 'vlan.priority'])),
    ];
    assert.deepEqual(await tags(request), ['5\t3']);
    assert.deepEqual(await tags(answer), ['5\t0']);
    assert.deepEqual(await onTrunk.faulty(), []);
  });
}

test('the longest packets pass, with right checksums, and so does a stream', async () => {
  await assertPings(trunk, '10.26.0.2', '-s 1472 -M do -c 1');
  await using onTrunk = await startCapture(trunk, trunk.device, 'vlan and tcp');
  const server = { ip4: '10.26.0.2', ip6: 'fd00:26::2', start: (line: string) => veth.start(line) };
  for (const options of ['-n 2M', '-n 2M -6'])
    assert.ok((await iperf(trunk, server, options)).megabitsPerSecond > 0);
  assert.deepEqual(await onTrunk.faulty(), []);
});

test('the parents go on receiving what has no tag', async () => {
  await assertPings(plain, trunk.ip4);
  await assertPings(trunk, veth.ip6);
  await assertPings(plain, '10.15.0.2');
});

test('stacked VLANs lead into a VRF', async () => {
  await router.ctl(stacked);
  await attach(trunk, { parent: trunk.device, name: 'v100', vlanId: 100, proto: '802.1ad' });
  await attach(trunk, { parent: 'v100', name: 'v7', vlanId: 7, mtu: 1496 }, 17);
  await using onTrunk = await startCapture(trunk, trunk.device);
  await assertPings(trunk, '10.17.0.1', '-I v7');
  await assertPings(trunk, 'fd00:17::1', '-I v7');
  const outer = 'ieee8021ad.id == 100 && vlan.id == 7';
  assert.ok((await onTrunk.dissected(`${outer} && icmp.type == 0`)).length >= 3);
  assert.ok((await onTrunk.dissected(`${outer} && icmpv6.type == 129`)).length >= 3);
  await assertNoPing(trunk, '10.1.0.1', '-I v7 -c 1');
});

test("a service provider's tag passes a veth pair", async () => {
  await router.ctl(`
    interface add vlan veth.200 parent veth vlan_id 200 proto 802.1ad
    address add 10.28.0.1/24 iface veth.200`);
  await attach(veth, { parent: veth.device, name: 'v200', vlanId: 200, proto: '802.1ad' }, 28);
  await assertPings(veth, '10.28.0.1');
  await router.ctl('interface del veth.200');
});

test('a tag that says a priority only is none', async () => {
  await using seen = await startCapture(trunk, trunk.device, 'arp[6:2] = 2');
  const who = [0, 1, 8, 0, 6, 4, 0, 1];
  const mac = macToBytes(parseMac(trunk.mac));
  const header = joinBytes(new Uint8Array(6).fill(0xff), mac, Uint8Array.from([0x81, 0, 0xe0, 0, 8, 6]));
  const question = joinBytes(
    Uint8Array.from(who),
    mac,
    Uint8Array.from([10, 1, 0, 2, 0, 0, 0, 0, 0, 0, 10, 1, 0, 1]),
  );
  await sendFrames(trunk, [joinBytes(header, question, new Uint8Array(18))]);
  await eventually(async () => assert.match((await seen.lines()).join('\n'), /Reply 10\.1\.0\.1 is-at/));
});

test('VLANs that nobody has are dropped by name', async () => {
  await using silent = await startVlanDevice(trunk, {
    parent: trunk.device,
    name: 'v9',
    vlanId: 9,
    addresses: ['10.19.0.2/24'],
  });
  assert.ok(silent.running);
  const before = await router.counted('vlan-unknown');
  await assertNoPing(trunk, '10.19.0.1', '-c 1');
  await eventually(async () => assert.ok((await router.counted('vlan-unknown')) > before));
});

test('it is shown with its parent and counts for itself', async () => {
  const { vlan_parent, vlan_id, vlan_proto, mac, type } = await shown('trunk.100.7');
  assert.deepEqual([vlan_parent, vlan_id, vlan_proto, type], ['trunk.100', 7, '802.1q', 'vlan']);
  assert.equal(mac, (await shown('trunk')).mac);
  assert.match(await router.ctl('interface show type vlan'), /parent=trunk vlan_id=100 proto=802.1ad/);
  const before = await stats('trunk.5');
  await assertPings(trunk, '10.15.0.1', '-c 5 -I v5');
  const grown = Number((await stats('trunk.5')).rx_packets) - Number(before.rx_packets);
  assert.ok(grown >= 5 && Number((await stats('trunk.5')).tx_packets) >= 5);
});

test('it is traced and captured for itself, without its tag', async () => {
  await router.ctl('trace clear\ntrace enable iface trunk.5');
  await assertPings(trunk, '10.26.0.2', '-c 1');
  await assertPings(plain, trunk.ip4, '-c 1');
  const packets = await router.list('trace show count 100');
  const text = await router.ctl('trace show count 100');
  await router.ctl('trace disable all');
  assert.ok(packets.length > 0 && packets.every(({ iface }) => iface === 'trunk.5'));
  for (const stage of ['ether-input', 'ip4-forward', 'vlan-output', 'port-tx'])
    assert.match(text, new RegExp(`^  ${stage} -> `, 'm'));
  const ctl = router.ctlCommand('capture', 'iface', 'trunk.5').join(' ');
  const tshark = 'tshark -l -i - -Y icmp -T fields -e frame.comment -e vlan.id';
  await using capture = new Program(['bash', '-c', `exec ${tshark} < <(exec ${ctl} 2> /dev/null)`]);
  await eventually(async () => {
    await assertPings(trunk, '10.15.0.1', '-c 1 -I v5');
    assert.match(capture.stdout, /^trunk\.5 received\t$/m);
    assert.match(capture.stdout, /^trunk\.5 sent\t$/m);
  });
});

test('programs of the host send and receive by its TAP', async () => {
  await assertPings(router.namespace, '10.15.0.2');
  await assertPings(router.namespace, 'fd00:15::2');
  const listed = await trunk.run('ip -6 -o address show dev v5 scope link');
  const linkLocal = /inet6 ([^/]+)/.exec(listed)?.[1];
  await assertPings(router.namespace, `${linkLocal}%trunk.5`);
});

test('it takes a smaller MTU from its parent, and the larger one again', async () => {
  await router.ctl('interface set port trunk mtu 1400');
  assert.equal((await shown('trunk.5')).mtu, 1400);
  assert.match(await assertNoPing(plain, '10.15.0.2', '-s 1472 -M do -c 1'), /mtu = 1400/);
  assert.match((await router.attempt('interface set vlan trunk.5 mtu 1401')).stderr, /\(ERANGE\)/);
  await router.ctl('interface set port trunk mtu 1500');
  assert.equal((await shown('trunk.5')).mtu, 1500);
});

test('it stops running with the link of its parent', async () => {
  await router.ctl('interface add port loose devargs net_tap77,iface=x-loose');
  await router.ctl('interface add vlan loose.5 parent loose vlan_id 5');
  await router.namespace.ip('link set x-loose down');
  await eventually(async () => assert.deepEqual((await shown('loose.5')).flags, ['up']));
  await router.namespace.ip('link set x-loose up');
  await eventually(async () => assert.deepEqual((await shown('loose.5')).flags, ['up', 'running']));
  await router.ctl('interface del loose.5\ninterface del loose');
});

test('it moves between VRFs, VLANs and parents, and comes back', async () => {
  await router.ctl('interface set vlan trunk.5 vrf customer');
  await assertPings(trunk, '10.15.0.1', '-I v5');
  await assertNoPing(plain, '10.15.0.2', '-c 1');
  await router.ctl('interface set vlan trunk.5 vrf main vlan_id 8');
  await assertNoPing(plain, '10.15.0.2', '-c 1');
  await router.ctl('interface set vlan trunk.5 vlan_id 5 parent veth');
  assert.equal((await shown('trunk.5')).mac, (await shown('veth')).mac);
  await assertNoPing(plain, '10.15.0.2', '-c 1');
  await router.ctl('interface set vlan trunk.5 parent trunk');
  await assertPings(plain, '10.15.0.2');
});

test('what does not fit is refused with the reason', async () => {
  for (const [line, error] of [
    [
      'interface add vlan twice parent trunk vlan_id 5',
      /which trunk\.5 has.*\(EEXIST\)|\(EEXIST\).*which trunk\.5 has/s,
    ],
    ['interface add vlan lost parent nobody vlan_id 5', /\(ENODEV\)/],
    ['interface add vlan deaf parent main vlan_id 5', /\(EINVAL\)/],
    ['interface del trunk', /\(EBUSY\).*one with trunk\.100, trunk\.5/s],
    ['interface set vlan trunk.100 parent trunk.100.7', /\(ELOOP\)/],
  ] as const) {
    const { status, stderr } = await router.attempt(line);
    assert.notEqual(status, 0, line);
    assert.match(stderr, error);
  }
});

test('it is a member of a bridge, whose stations see no tag', async () => {
  await router.ctl(`
    address flush iface plain
    interface add bridge br0
    interface set port plain domain br0
    interface add vlan trunk.12 parent trunk vlan_id 12 domain br0
    interface add vlan br0.33 parent br0 vlan_id 33
    address add 10.33.0.1/24 iface br0.33
  `);
  await attach(trunk, { parent: trunk.device, name: 'v12', vlanId: 12 });
  await attach(plain, { parent: plain.device, name: 'v33', vlanId: 33 }, 33);
  await trunk.ip('address add 192.0.2.1/24 dev v12');
  await plain.ip(`address add 192.0.2.2/24 dev ${plain.device}`);
  await using seen = await startCapture(plain, plain.device, 'vlan 12');
  await assertPings(trunk, '192.0.2.2');
  await assertPings(plain, '192.0.2.1', '-s 1472 -M do');
  assert.deepEqual(await seen.lines(), []);
  await assertPings(plain, '10.33.0.1'); // a VLAN on the bridge itself
  await router.ctl(`
    interface del br0.33
    interface del br0
    interface del trunk.12
    address add ${plain.gateway4}/24 iface plain
    address add ${plain.gateway6}/64 iface plain
  `);
  await assertPings(plain, '10.15.0.2');
});

test('it makes the device receive what is for its own address', async () => {
  await router.ctl('interface add port wire devargs net_tap78,iface=x-wire');
  const receivesAll = async () => /\bPROMISC\b/.test(await router.namespace.run('ip link show dev x-wire'));
  assert.equal(await receivesAll(), false);
  await router.ctl('interface add vlan wire.5 parent wire vlan_id 5 mac 02:00:00:00:00:0a');
  assert.equal(await receivesAll(), true);
  await router.ctl('interface set port wire promisc on\ninterface set port wire promisc off');
  assert.equal(await receivesAll(), true);
  await router.ctl('interface del wire.5');
  assert.equal(await receivesAll(), false);
  await router.ctl('interface del wire');
});

test('another build takes over with all VLANs, and more come and go then', async () => {
  await router.ctl(`datapath swap ${ordinary}`);
  await assertPings(trunk, '10.26.0.2');
  await router.ctl('interface add vlan trunk.13 parent trunk vlan_id 13\ninterface del trunk.13');
  await assertPings(trunk, 'fd00:26::2');
});

test('it goes while packets flow, and its parent goes on', async () => {
  await using flow = plain.start('ping -n -i 0.01 10.15.0.2');
  await flow.said(/bytes from/);
  await using events = router.watch('events', 'replay', '50', 'type', 'iface del');
  await router.ctl('interface del trunk.5');
  await events.said(/iface del: .*trunk\.5 type=vlan/);
  await assertPings(trunk, trunk.gateway4);
  await router.ctl(simple);
  await assertPings(plain, '10.15.0.2');
});
