import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ordinary } from './builds.ts';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import { Host } from './host.ts';
import type { Router } from './router.ts';
import { testRouter, testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { during, iperf } from './witness/iperf.ts';
import { assertPings, unansweredDuring } from './witness/ping.ts';
import { startVlanDevice } from './witness/vlan-device.ts';

// bond0 is two ports to a switch, a bridge of Linux that is a host itself: 10.1.0.2 and fd00:1::2. bond1 is two links
// to another router, which speaks LACP, and later four; plain is a host beside.
const [{ router, hosts }, other] = await Promise.all([
  testTopology({ hosts: { plain: { network: 5 } } }),
  testRouter({ name: 'other' }),
]);
const { plain } = hosts;
const host = new Host('switch', { network: 1 });
after(() => host.close());
const [simple = '', vlan = '', away = '', lacp = ''] = await examplesOf('docs/features/bond.md');

await host.ip(`link add lan address ${host.mac} type bridge\nlink set lan up`);
for (const port of ['p0', 'p1'])
  await host.ip(`
    link add ${port} type veth peer name v-${port} netns ${router.namespace.name}
    link set ${port} master lan up`);
await host.ip(`
  address add ${host.ip4}/24 dev lan
  address add ${host.ip6}/64 dev lan nodad
  route add default via ${host.gateway4}
  route add default via ${host.gateway6} dev lan`);
await host.run('for each in lan p0 p1; do ethtool -K $each tx off gso off tso off gro off; done');
const links = ['l0', 'l1', 'l2', 'l3'];
await router.namespace.ip(
  links
    .map((port) => `link add v-${port} type veth peer name v-${port} netns ${other.namespace.name}`)
    .join('\n'),
);
await Promise.all([addPorts(router, ['p0', 'p1', ...links]), addPorts(other, links)]);
const ownMac = (await shown('p0')).mac;
await router.ctl(simple);

async function addPorts(at: Router, ports: readonly string[]): Promise<void> {
  const each = (line: (port: string, number: number) => string) => ports.map(line).join('\n');
  // The kernel would speak for itself there, with the bond's MAC address, and switches would follow that.
  await at.namespace.run(each((port) => `sysctl -qw net.ipv6.conf.v-${port}.disable_ipv6=1`));
  await at.namespace.ip(each((port) => `link set v-${port} up promisc on`));
  await at.ctl(
    each((port, i) => `interface add port ${port} devargs net_af_packet${100 + i},iface=v-${port}`),
  );
}

async function shown(name: string, at = router) {
  return (await at.list(`interface show name ${name}`))[0] ?? {};
}

/** Names of the members that are used. */
async function active(bond: string, at = router): Promise<readonly string[]> {
  const { bond_members } = await shown(bond, at);
  const members = bond_members as readonly { readonly name: string; readonly active: boolean }[];
  return members.filter((member) => member.active).map(({ name }) => name);
}

/** How many packets, one each hundredth of a second, were not answered while something was done. */
async function lossDuring(address: string, work: () => Promise<unknown>): Promise<number> {
  return (await unansweredDuring(host, address, work)).length;
}

/** What is cut three times costs a tenth of a second at most, as a rule. */
function assertShort(lost: readonly number[]): void {
  const median = lost.toSorted((one, another) => one - another)[1] ?? Number.NaN;
  assert.ok(median <= 10, `packets lost, one each 10 ms: ${lost}`);
}

/** The member of bond1 that sends the host's packets to an address. */
async function memberTo(address: string): Promise<string> {
  const sent = async () =>
    new Map((await router.list('interface stats')).map((row) => [row.interface, Number(row.tx_packets)]));
  const before = await sent();
  await assertPings(host, address, '-c 20 -i 0.01');
  const after = await sent();
  const member = links.find((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0) >= 20);
  return member ?? assert.fail(`nobody has sent the pings to ${address}`);
}

/** Waits until both ends use these links. */
async function assertAgreed(members: readonly string[]): Promise<void> {
  for (const at of [router, other])
    await eventually(async () => assert.deepEqual(await active('bond1', at), members));
}

test('hosts reach it, in both families', async () => {
  await eventually(async () => assert.deepEqual(await active('bond0'), ['p0']));
  await assertPings(host, '10.1.0.1');
  await assertPings(host, 'fd00:1::1');
});

test('another member takes over within a tenth of a second, and is announced', async () => {
  const lost: number[] = [];
  for (const address of ['10.1.0.1', 'fd00:1::1', '10.1.0.1']) {
    await using seen = await startCapture(host, 'p1', 'arp or (icmp6 and ip6[40] == 136)');
    lost.push(await lossDuring(address, () => host.ip('link set p0 down')));
    assert.deepEqual(await active('bond0'), ['p1']);
    await eventually(async () =>
      assert.match((await seen.lines()).join('\n'), /(?=.*10\.1\.0\.1)(?=.*fd00:1::1)/s),
    );
    await host.ip('link set p0 up');
    await eventually(async () => assert.deepEqual(await active('bond0'), ['p0']));
  }
  assertShort(lost);
});

test('a VLAN on it passes, whichever member is used', async () => {
  await router.ctl(vlan);
  await using device = await startVlanDevice(host, {
    parent: 'lan',
    name: 'v7',
    vlanId: 7,
    addresses: ['10.7.0.2/24', 'fd00:7::2/64 nodad'],
  });
  assert.ok(device.running);
  for (const member of ['p0', 'p1']) {
    await router.ctl(`interface set bond bond0 primary ${member}`);
    assert.deepEqual(await active('bond0'), [member]);
    await assertPings(host, '10.7.0.1');
    await assertPings(host, 'fd00:7::1');
  }
  await router.ctl('interface set bond bond0 primary p0');
});

test('members leave and come while packets flow, and have their own MAC address outside', async () => {
  const [leave = '', come = ''] = away.split('\n');
  const lost = await lossDuring('10.1.0.1', async () => {
    await router.ctl(leave);
    assert.equal((await shown('p0')).mac, ownMac);
    assert.deepEqual(await active('bond0'), ['p1']);
    await router.ctl(come);
    assert.equal((await shown('p0')).mac, (await shown('bond0')).mac);
  });
  assert.ok(lost <= 10, `${lost} packets were lost`);
});

test('a stream goes on while members come and go', async () => {
  const server = { ip4: host.ip4, ip6: host.ip6, start: (line: string) => host.start(line) };
  const result = await during(iperf(plain, server, '-t 2'), async () => {
    await router.ctl('interface set port p0 vrf main');
    await router.ctl('interface set port p0 domain bond0');
    await router.ctl('interface set port p1 vrf main\ninterface set port p1 domain bond0');
  });
  assert.ok(result.megabitsPerSecond > 0);
});

test('it is a member of a bridge', async () => {
  await router.ctl(`
    interface del bond0.7
    address flush iface bond0
    interface add bridge br0
    interface set bond bond0 domain br0
    address add 10.1.0.1/24 iface br0
    address add fd00:1::1/64 iface br0`);
  await assertPings(host, '10.1.0.1');
  await assertPings(host, 'fd00:1::1');
  const lost = await lossDuring('10.1.0.1', () => host.ip('link set p0 down'));
  await host.ip('link set p0 up');
  assert.ok(lost <= 50, `${lost} packets were lost`);
  await router.ctl(`interface del br0\n${simple.split('\n').slice(4).join('\n')}`);
  await assertPings(host, '10.1.0.1');
});

test('two routers agree by LACP to use all links, and leave one that goes', async () => {
  await router.ctl(lacp);
  await other.ctl(`${lacp.replaceAll('.1/24', '.2/24').replaceAll('::1/64', '::2/64')}
    route add 10.1.0.0/24 via 10.8.0.1
    route add fd00:1::/64 via fd00:8::1`);
  await assertAgreed(['l0', 'l1']);
  await assertPings(host, '10.8.0.2');
  await assertPings(host, 'fd00:8::2');
  const parted = await lossDuring('fd00:8::2', () => router.ctl('interface set port l0 vrf main'));
  assert.ok(parted <= 10, `${parted} packets were lost`);
  await eventually(async () => assert.deepEqual(await active('bond1', other), ['l1']));
  await router.ctl('interface set port l0 domain bond1');
  for (const at of [router, other])
    await at.ctl('interface set port l2 domain bond1\ninterface set port l3 domain bond1');
  await assertAgreed(links);
});

test('it is shown, counted, traced and told of', async () => {
  const { bond_mode, balance, bond_members, mode } = await shown('bond1');
  assert.deepEqual([bond_mode, balance, mode], ['lacp', 'l3+l4', 'VRF']);
  const [first] = bond_members as readonly Record<string, unknown>[];
  const partner = (await shown('bond1', other)).mac;
  assert.deepEqual(
    [first?.name, first?.active, first?.lacp, first?.partner],
    ['l0', true, 'distributing', partner],
  );
  assert.match(
    await router.ctl('interface show type bond'),
    /mode=lacp balance=l3\+l4 members=4 active=l0,l1,l2,l3/,
  );
  await router.ctl('trace clear\ntrace enable iface bond1');
  await assertPings(host, '10.8.0.2', '-c 1');
  await router.ctl('trace disable all');
  assert.match(await router.ctl('trace show count 20'), /ether-input/);
  await using events = router.watch('events', 'type', 'bond active');
  await eventually(async () => {
    await router.ctl('interface set bond bond0 primary p1\ninterface set bond bond0 primary p0');
    assert.match(events.stdout, /bond active: bond0 members=p1/);
  });
});

test('another build takes over with all bonds', async () => {
  // Its trial has ten seconds, which may be too few where others have the CPUs.
  await eventually(() => router.ctl(`datapath swap ${ordinary}`));
  await assertPings(host, '10.1.0.1');
  await assertPings(host, '10.8.0.2');
});

test('a link that fails is left by both ends within a tenth of a second', async () => {
  let left = links;
  const lost: number[] = [];
  for (const address of ['10.8.0.2', 'fd00:8::2', '10.8.0.2']) {
    const failing = await memberTo(address);
    lost.push(await lossDuring(address, () => router.namespace.ip(`link set v-${failing} down`)));
    left = left.filter((name) => name !== failing);
    for (const at of [router, other]) assert.deepEqual(await active('bond1', at), left);
  }
  assertShort(lost);
});

test('a router that ends is left at once', async () => {
  await other.stop();
  await eventually(async () => assert.deepEqual(await active('bond1'), []), { timeoutMs: 2000 });
});

test('what does not fit is refused with the reason', async () => {
  for (const [line, error] of [
    ['interface set port p0 mtu 1400', /\(EINVAL\).*the MTU of bond0, 1500/s],
    ['interface set bond bond0 primary l0', /\(EINVAL\).*a member of the bond/s],
    ['interface set bond bond0 mtu 9000', /\(ERANGE\)/],
    ['interface set port plain domain bond0', /\(EBUSY\)/],
    ['interface set bond bond0 domain bond1', /\(EINVAL\)/],
  ] as const) {
    const { status, stderr } = await router.attempt(line);
    assert.notEqual(status, 0, line);
    assert.match(stderr, error);
  }
  assert.equal((await shown('p0')).mtu, 1500);
});
