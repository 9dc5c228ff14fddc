import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { eventually } from '../eventually.ts';
import { testTopology } from '../testing.ts';
import { assertPings } from '../witness/ping.ts';
import { Vm } from './vm.ts';

// red (10.1.0.2) ── router ── vm: Linux in a virtual machine, with 10.9.0.2 on the link and 10.50.0.1 behind it. Its
// kernel knows 802.1Q, MPLS and their tunnels; that of the host need not.
const { router, hosts } = await testTopology({ hosts: { red: {} } });
const { red } = hosts;
const socket = `${router.directory}/vm.sock`;
await router.ctl(`
  interface add port vm devargs net_vhost9,iface=${socket}
  address add 10.9.0.1/24 iface vm
  address add fd00:9::1/64 iface vm
  mpls enable vm
  label add 100 vrf main`);
const bonded = [0, 1].map((number) => ({
  name: `b${number}`,
  socket: `${router.directory}/b${number}.sock`,
  mac: `02:00:00:00:60:0${number}`,
}));
for (const [number, { name, socket: path }] of bonded.entries())
  await router.ctl(`interface add port ${name} devargs net_vhost${10 + number},iface=${path}`);
const vm = await Vm.start({ socket, mac: '02:00:00:00:09:02' }, ...bonded);
after(() => vm.close());
await vm.ip(`
  link set eth0 up
  address add 10.9.0.2/24 dev eth0
  address add fd00:9::2/64 dev eth0 nodad
  address add 10.50.0.1/32 dev lo
  address add fd00:50::1/128 dev lo`);
await vm.run('sysctl -w net.mpls.platform_labels=1000 net.mpls.conf.eth0.input=1');
await vm.ip('-f mpls route add 200 dev lo');

test('the machine is reached as it is', async () => {
  await eventually(async () =>
    assert.match(await router.ctl('ping 10.9.0.2 count 1 delay 20'), / 1 received/),
  );
  await assertReachesRouter('10.9.0.1', 'fd00:9::1');
});

test("VLAN: Linux's 802.1Q device and a sub-interface reach each other", async () => {
  await vm.ip(`
    link add link eth0 name v5 type vlan id 5
    link set v5 up
    address add 10.15.0.2/24 dev v5
    address add fd00:15::2/64 dev v5 nodad`);
  await router.ctl(`
    interface add vlan vm.5 parent vm vlan_id 5
    address add 10.15.0.1/24 iface vm.5
    address add fd00:15::1/64 iface vm.5`);
  await assertReachesRouter('10.15.0.1', 'fd00:15::1');
  await assertReached('10.15.0.2', 'fd00:15::2');
});

test("stacked VLANs: Linux's 802.1ad device with an 802.1Q device on it, and a sub-interface of a sub-interface", async () => {
  await vm.ip(`
    link add link eth0 name s100 type vlan proto 802.1ad id 100
    link add link s100 name s100.7 type vlan id 7
    link set s100 up
    link set s100.7 up
    address add 10.17.0.2/24 dev s100.7
    address add fd00:17::2/64 dev s100.7 nodad`);
  await router.ctl(`
    interface add vlan vm.100 parent vm vlan_id 100 proto 802.1ad
    interface add vlan vm.100.7 parent vm.100 vlan_id 7
    address add 10.17.0.1/24 iface vm.100.7
    address add fd00:17::1/64 iface vm.100.7`);
  await assertReachesRouter('10.17.0.1', 'fd00:17::1');
  await assertReached('10.17.0.2', 'fd00:17::2');
});

for (const [name, { device, from, nextHops }] of Object.entries({
  'labels on the link': {
    device: '',
    from: 'via inet 10.9.0.1 dev eth0',
    nextHops: 'nexthop add l3 iface vm address 10.9.0.2 id 1000',
  },
  'labels in GRE over IPv4': {
    device: 'link add tunnel type gre local 10.9.0.2 remote 10.9.0.1 ttl 64',
    from: 'dev tunnel',
    nextHops: 'nexthop add mplsogre remote 10.9.0.2 id 1000',
  },
  'labels in GRE over IPv6': {
    device: 'link add tunnel type ip6gre local fd00:9::2 remote fd00:9::1 ttl 64',
    from: 'dev tunnel',
    nextHops: 'nexthop add mplsogre remote fd00:9::2 id 1000',
  },
  'labels in UDP over IPv4': {
    device:
      'link add tunnel type ipip mode mplsip local 10.9.0.2 remote 10.9.0.1 ttl 64 encap fou encap-sport auto encap-dport 6635',
    from: 'dev tunnel',
    nextHops: 'nexthop add mplsoudp remote 10.9.0.2 id 1000',
  },
}))
  test(`${name}: Linux takes them off and puts them on, for both families`, async () => {
    if (device.includes('fou')) await vm.ip('fou add port 6635 ipproto 137');
    if (device) await vm.ip(`${device}\nlink set tunnel up`);
    if (device) await vm.run('sysctl -w net.mpls.conf.tunnel.input=1');
    await vm.ip(`
      route replace 10.1.0.0/24 encap mpls 100 ${from}
      -6 route replace fd00:1::/64 encap mpls 100 ${from.replace('inet 10.9.0.1', 'inet6 fd00:9::1')}`);
    await router.ctl(`
      ${nextHops}
      nexthop add mpls label 200 via 1000 id 1200
      route add 10.50.0.1/32 via id 1200
      route add fd00:50::1/128 via id 1200`);
    const before = await labelCount(100);
    await assertPings(red, '10.50.0.1');
    await assertPings(red, 'fd00:50::1');
    await vm.run(`ping -c 3 -i 0.2 -W 2 -I 10.50.0.1 ${red.ip4}`);
    await vm.run(`ping -c 3 -i 0.2 -W 2 -I fd00:50::1 ${red.ip6}`);
    assert.ok((await labelCount(100)) >= before + 12, 'what came back had no label');
    if (device) await vm.ip('link del tunnel');
  });

test("LACP: Linux's bonding agrees to use both links, and leaves one that goes silent", async () => {
  await router.ctl(`
    interface add bond bond0 mode lacp balance l3+l4
    interface set port b0 domain bond0
    interface set port b1 domain bond0
    address add 10.60.0.1/24 iface bond0
    address add fd00:60::1/64 iface bond0`);
  await vm.ip(`
    link add team type bond mode 802.3ad miimon 100 lacp_rate fast xmit_hash_policy layer3+4
    link set eth1 down
    link set eth2 down
    link set eth1 master team
    link set eth2 master team
    link set team up
    address add 10.60.0.2/24 dev team
    address add fd00:60::2/64 dev team nodad`);
  await eventually(async () => assert.deepEqual(await activeMembers(), ['b0', 'b1']), { timeoutMs: 20_000 });
  await assertReachesRouter('10.60.0.1', 'fd00:60::1');
  await assertReached('10.60.0.2', 'fd00:60::2');
  const [shown] = await router.list('interface show name bond0');
  const state = await vm.run('cat /proc/net/bonding/team');
  assert.match(state, new RegExp(`Partner Mac Address: ${shown?.mac}`));
  assert.match(state, /Number of ports: 2/);
  await vm.ip('link set eth1 nomaster');
  await eventually(async () => assert.deepEqual(await activeMembers(), ['b1']), { timeoutMs: 20_000 });
  await assertReachesRouter('10.60.0.1', 'fd00:60::1');
  await router.ctl('interface set port b1 vrf main');
  await eventually(
    async () => assert.doesNotMatch(await vm.run('cat /proc/net/bonding/team'), distributing),
    {
      timeoutMs: 20_000,
    },
  );
  await vm.ip('link del team');
  await router.ctl('interface del bond0');
});

/** Linux says in the low digits of a port's state that it sends: 802.1AX's bit 5. */
const distributing =
  /details actor lacp pdu:(?:.*\n)*?\s+port state: (?:6[0-3]|12[4-7]|18[8-9]|19[01]|25[2-5])\b/;

async function activeMembers(): Promise<readonly string[]> {
  const [shown] = await router.list('interface show name bond0');
  const members = (shown?.bond_members ?? []) as { readonly name: string; readonly active: boolean }[];
  return members.filter(({ active }) => active).map(({ name }) => name);
}

/** How many packets have come with a label. */
async function labelCount(label: number): Promise<number> {
  const found = (await router.list('label stats')).find((each) => each.label === label);
  return Number(found?.rx_packets ?? 0);
}

async function assertReachesRouter(...addresses: readonly string[]): Promise<void> {
  for (const address of addresses) await vm.run(`ping -c 3 -i 0.2 -W 2 ${address}`);
}

async function assertReached(...addresses: readonly string[]): Promise<void> {
  for (const address of addresses)
    assert.match(await router.ctl(`ping ${address} count 3 delay 50`), / 3 received/);
}
