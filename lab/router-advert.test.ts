import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import type { Host } from './host.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertPings } from './witness/ping.ts';

const { router, hosts } = await testTopology({ hosts: { lan: { link: 'veth' }, wan: {} } });
const { lan, wan } = hosts;
const [example = ''] = await examplesOf('docs/features/router-advert.md');

/** Makes a host forget what it was given by hand: Linux asks for routers when its link comes up. */
async function listen(host: Host): Promise<void> {
  await host.run(
    `sysctl -qw net.ipv6.conf.${host.device}.accept_ra=1 net.ipv6.conf.${host.device}.autoconf=1`,
  );
  await host.run(`ip link set ${host.device} down && ip -6 route flush dev ${host.device}`);
  await host.run(`ip link set ${host.device} up`);
}

const addressesOf = (host: Host) => host.run(`ip -6 -o address show dev ${host.device} scope global dynamic`);
const routesOf = (host: Host) => host.run(`ip -6 route show default dev ${host.device}`);

test('a host makes itself an address, finds the router, and reaches others by it', async () => {
  await router.ctl(example);
  await using seen = await startCapture(lan, lan.device, 'icmp6');
  await listen(lan);
  const address = await eventually(async () => {
    const [, found] = /inet6 (fd00:21::[0-9a-f:]+)\/64/.exec(await addressesOf(lan)) ?? [];
    assert.ok(found, await addressesOf(lan));
    return found;
  });
  assert.match(await routesOf(lan), /^default via fe80::\S+ .*expires (8\d|90)sec/);
  await wan.run(`ip -6 route replace fd00:21::/64 via ${wan.gateway6} dev ${wan.device}`);
  await assertPings(lan, wan.ip6, `-I ${address}`);
  const fields = [
    'icmpv6.nd.ra.router_lifetime',
    'icmpv6.opt.mtu',
    'icmpv6.opt.prefix',
    'icmpv6.nd.ra.cur_hop_limit',
  ];
  const [said = ''] = await seen.dissected('icmpv6.type == 134', fields);
  assert.match(said, /^90\t1500\t.*fd00:21::.*\t64$/);
  assert.deepEqual(await seen.faulty(), []);
});

test('who asks is answered, and counted', async () => {
  const [row] = await router.list('router-advert show interface lan');
  assert.equal(row?.active, true);
  assert.ok(Number(row?.solicited) > 0 && Number(row?.sent) > 0, JSON.stringify(row));
});

test('another network is told at once, and one that is gone is used no more', async () => {
  await router.ctl('address add fd00:22::1/64 iface lan\naddress del fd00:21::1/64 iface lan');
  await eventually(async () => {
    const addresses = await addressesOf(lan);
    assert.match(addresses, /inet6 fd00:22::/);
    assert.match(addresses, /inet6 fd00:21::\S+ .*deprecated/);
  });
});

test('hosts drop the router when it says goodbye, and when it ends', async () => {
  await router.ctl('router-advert clear lan');
  await eventually(async () => assert.equal(await routesOf(lan), ''));
  await router.ctl('router-advert set lan');
  await eventually(async () => assert.match(await routesOf(lan), /default via fe80/));
  await router.program.close();
  await eventually(async () => assert.equal(await routesOf(lan), ''));
});
