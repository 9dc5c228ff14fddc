import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { DhcpServer } from './witness/dhcp-server.ts';
import { assertPings } from './witness/ping.ts';

const { router, hosts } = await testTopology({ hosts: { wan: { link: 'veth' }, lan: {} } });
const { wan, lan } = hosts;
const [example = ''] = await examplesOf('docs/features/dhcp.md');
const server = new DhcpServer(wan);
after(() => server[Symbol.asyncDispose]());

await router.ctl(`address del ${wan.gateway4}/24 iface wan`);
await wan.ip(`
  address add 10.50.0.2/24 dev ${wan.device}
  route replace 10.2.0.0/24 dev ${wan.device} via 10.50.0.77 onlink`);

const lease = async () => (await router.list('dhcp show'))[0] ?? {};
const addresses = async () =>
  (await router.list('address show ipv4 iface wan')).map(({ address }) => address);
const routes = async () => (await router.list('route show ipv4')).filter(({ origin }) => origin === 'dhcp');

/** Waits until the client is in a state, and gives its lease. */
const reaches = (state: string) =>
  eventually(async () => {
    const found = await lease();
    assert.equal(found.state, state, JSON.stringify(found));
    return found;
  });

const times = '--dhcp-option=58,2 --dhcp-option=59,5';
const routed = '--dhcp-option=3,10.50.0.2';

test('an interface gets its address and the default route from a server', async () => {
  await server.start('10.50.0.77,10.50.0.77', `${times} ${routed}`);
  await using seen = await startCapture(wan, wan.device, 'udp');
  await router.ctl(example);
  const bound = await reaches('BOUND');
  assert.equal(bound.address, '10.50.0.77/24');
  assert.equal(bound.server, '10.50.0.2');
  assert.deepEqual(await addresses(), ['10.50.0.77/24']);
  assert.deepEqual(
    (await routes()).map(({ destination }) => destination),
    ['0.0.0.0/0'],
  );
  await assertPings(lan, '10.50.0.2');
  const kinds = await seen.dissected('dhcp', ['dhcp.option.dhcp']);
  assert.deepEqual(kinds.slice(0, 4), ['1', '2', '3', '5']); // discover, offer, request, ack
  assert.deepEqual(await seen.faulty(), []);
});

test('the lease is renewed from its server, and from another when that is gone', async () => {
  await using renewed = router.watch('events', 'show', 'type', 'dhcp');
  await renewed.said(/dhcp renew: iface=wan 10\.50\.0\.77\/24 server=10\.50\.0\.2 lease=120/);
  await server.stop();
  await reaches('REBINDING');
  await server.start('10.50.0.77,10.50.0.77', `${times} ${routed}`);
  assert.deepEqual(await addresses(), ['10.50.0.77/24']);
});

test('a link that comes back is asked for, and another network there refuses the address', async () => {
  await server.start('10.50.0.88,10.50.0.88', `${times} --dhcp-option=121,10.60.0.0/16,10.50.0.2`);
  await router.ctl('interface set port wan down\ninterface set port wan up');
  await eventually(async () => assert.deepEqual(await addresses(), ['10.50.0.88/24']));
  assert.match(server.log, /DHCPNAK/);
  assert.deepEqual(
    (await routes()).map(({ destination }) => destination),
    ['10.60.0.0/16'],
  );
});

test('who disables it gives the address back', async () => {
  await router.ctl('dhcp disable wan');
  assert.deepEqual(await addresses(), []);
  assert.deepEqual(await routes(), []);
  assert.deepEqual(await router.list('dhcp show'), []);
  await eventually(() => assert.match(server.log, /DHCPRELEASE.* 10\.50\.0\.88/));
});

test('an address that another station on the link has is declined', async () => {
  await server.start('10.50.0.99,10.50.0.99');
  await wan.ip(`address add 10.50.0.99/32 dev ${wan.device}`);
  await using seen = await startCapture(wan, wan.device, 'arp host 10.50.0.99');
  await using events = router.watch('events', 'show', 'type', 'dhcp');
  await router.ctl(example);
  await events.said(/dhcp declined: iface=wan 10\.50\.0\.99/);
  await eventually(() => assert.match(server.log, /DHCPDECLINE.* 10\.50\.0\.99/));
  assert.deepEqual(await addresses(), []);
  assert.match((await seen.lines()).join('\n'), /who-has 10\.50\.0\.99 .*tell 0\.0\.0\.0/);
});
