import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testTopology } from './testing.ts';
import { assertNoPing, assertPings, ping } from './witness/ping.ts';

const { router, hosts } = await testTopology({
  hosts: { red: {}, blue: { mtu: 1400 }, green: {} },
});
const { red, blue, green } = hosts;

test('IPv4: a packet that must not be fragmented is told how large it may be', async () => {
  const said = await assertNoPing(red, blue.ip4, '-c 1 -M do -s 1472');
  assert.match(said, new RegExp(`From ${red.gateway4} icmp_seq=1 Frag needed and DF set \\(mtu = 1400\\)`));
  await assertPings(red, blue.ip4, '-c 1 -M do -s 1372');
  assert.equal(await router.counted('ip4-too-big'), 1);
});

test('IPv4: a packet that may be fragmented is, and its fragments further', async () => {
  await red.run('ip route flush cache');
  await assertPings(red, blue.ip4, '-M dont -s 1472');
  await assertPings(red, blue.ip4, '-M dont -s 8000');
});

test('IPv6: a packet that is too big is told so, and the host learns', async () => {
  const said = await assertNoPing(red, blue.ip6, '-c 1 -M do -s 1452');
  assert.match(said, new RegExp(`From ${red.gateway6} icmp_seq=1 Packet too big: mtu=1400`));
  await assertPings(red, blue.ip6, '-s 1452');
});

test('IPv6: the router answers on the link, to all nodes and to its own address there', async () => {
  const { output } = await ping(red, `ff02::1%${red.device}`, '-c 2');
  const answered = output.match(/(?<=from )fe80::[0-9a-f:]+(?=%)/g) ?? [];
  const router6 = answered.find((address) => !address.endsWith(':102')); // the host answers too: 02:00:00:00:01:02
  assert.ok(router6, output);
  await assertPings(red, `${router6}%${red.device}`);
});

test('the route recorded on the way holds the router', async () => {
  const { output } = await assertPings(red, green.ip4, '-c 1 -R');
  assert.match(output, new RegExp(`RR:.*${green.gateway4}.*${green.ip4}`, 's'));
});

test('blackholes are silent, refusals and missing routes are not', async () => {
  await router.ctl('nexthop add blackhole id 70\nnexthop add reject id 71');
  await router.ctl('route add 192.0.2.0/25 via id 70\nroute add 192.0.2.128/25 via id 71');
  await router.ctl('route add 2001:db8:70::/48 via id 70\nroute add 2001:db8:71::/48 via id 71');
  for (const lost of ['192.0.2.1', '2001:db8:70::1']) {
    assert.doesNotMatch(await assertNoPing(red, lost, '-c 1'), /From/);
  }
  assert.match(await assertNoPing(red, '192.0.2.129', '-c 1'), /From .* Packet filtered/);
  assert.match(await assertNoPing(red, '2001:db8:71::1', '-c 1'), /From .* Administratively prohibited/);
  assert.match(await assertNoPing(red, '198.51.100.1', '-c 1'), /From .* Destination Net Unreachable/);
  assert.match(await assertNoPing(red, '3fff::1', '-c 1'), /From .* No route/);
  assert.match(await assertNoPing(red, '10.2.0.77', '-c 1 -W 5'), /From .* Destination Host Unreachable/);
  assert.equal(await router.counted('blackhole'), 2);
});

test('a group spreads flows over its members, and all of them arrive', async () => {
  for (const host of [blue, green]) {
    await host.run('ip route add local 10.99.0.0/24 dev lo');
    await host.run('ip route add local 2001:db8:99::/48 dev lo');
  }
  await router.ctl(
    [
      `nexthop add l3 iface blue id 81 address ${blue.ip4}`,
      `nexthop add l3 iface green id 82 address ${green.ip4}`,
      'nexthop add group id 80 member 81 weight 1 member 82 weight 1',
      'route add 10.99.0.0/24 via id 80',
      'route add 2001:db8:99::/48 via id 80',
    ].join('\n'),
  );
  const before = await Promise.all([sentTo('blue'), sentTo('green')]);
  for (let flow = 1; flow <= 16; flow++) {
    await assertPings(red, `10.99.0.${flow}`, '-c 1');
    await assertPings(red, `2001:db8:99::${flow}`, '-c 1');
  }
  const after = await Promise.all([sentTo('blue'), sentTo('green')]);
  const grown = after.map((packets, i) => packets - (before[i] ?? 0));
  assert.ok(
    grown.every((packets) => packets >= 5),
    `blue and green got ${grown.join(' and ')} of 32 flows`,
  );
});

async function sentTo(name: string): Promise<number> {
  const found = (await router.list('interface stats')).find((row) => row.interface === name);
  return Number(found?.tx_packets);
}
