import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { appMac, DpdkApp } from './dpdk-app.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertFlows } from './witness/iperf.ts';
import { assertPings } from './witness/ping.ts';

// Two bridges, each with a host and a vhost-user port as members; a DPDK application is the only way between them.
//
//   a ── near ── vhost-user ── application ── vhost-user ── far ── b
const { router, hosts } = await testTopology({ hosts: { a: {}, b: {} } });
const { a, b } = hosts;
const app = new DpdkApp({ directory: router.directory, ports: 2 });
after(() => app.close());
await router.ctl(`
  interface add bridge near
  interface add bridge far
  address flush iface a
  address flush iface b
  interface set port a domain near
  interface set port b domain far
  interface add port left devargs ${app.devargs(0)} domain near
  interface add port right devargs ${app.devargs(1)} domain far`);
await b.ip(`
  address flush dev ${b.device} scope global
  address add 10.1.0.9/24 dev ${b.device}
  address add fd00:1::9/64 dev ${b.device} nodad`);
await app.forward('io');

test('two bridges are one for their hosts, both families, as long as the application forwards', async () => {
  await eventually(() => assertPings(a, '10.1.0.9', '-c 1'));
  await assertPings(a, 'fd00:1::9');
  await assertPings(b, a.ip4, '-s 1472 -M do');
  for (const [host, bridge, member] of [
    [b, 'near', 'left'],
    [a, 'far', 'right'],
  ] as const) {
    const found = (await router.list(`fdb show bridge ${bridge}`)).find(({ mac }) => mac === host.mac);
    assert.equal(found?.['iface'], member);
  }
});

test('TCP through both arrives with right checksums', async () => {
  const behind = { ip4: '10.1.0.9', ip6: 'fd00:1::9', start: (line: string) => b.start(line) };
  await using received = await startCapture(b, b.device, 'tcp');
  await assertFlows(a, behind, '-4 -n 2M');
  await received.stop();
  assert.deepEqual(await received.faulty(), []);
});

test('an application that answers itself is a station behind its port, and nobody else sees what is for it', async () => {
  await app.forward('icmpecho', [0]);
  await assertPings(a, '10.1.0.77');
  const stations = await router.list('fdb show bridge near');
  assert.equal(stations.find(({ mac }) => mac === appMac(0))?.['iface'], 'left');
  await using atB = await startCapture(b, b.device, 'icmp');
  await assertPings(a, '10.1.0.77');
  assert.deepEqual(await atB.lines(), []);
});

test('the bridge forgets the stations of an application that is gone, and the port runs no more', async () => {
  await app.close();
  await eventually(async () => {
    const [port] = await router.list('interface show name left');
    assert.deepEqual(port?.['flags'], ['up']);
  });
  await router.ctl('interface del left');
  assert.deepEqual(
    (await router.list('fdb show bridge near')).filter(({ iface }) => iface === 'left'),
    [],
  );
});
