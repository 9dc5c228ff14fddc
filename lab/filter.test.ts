import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { iperf } from './witness/iperf.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

const { router, hosts } = await testTopology({ hosts: { client: {}, server: { link: 'veth' } } });
const { client, server } = hosts;
const [first = '', second = '', limited = ''] = await examplesOf('docs/features/filter.md');
await router.ctl(first);

for (const port of [8000, 8090]) {
  const program = server.start(`python3 -u -m http.server ${port} --bind :: --directory /usr/share/doc/dpdk`);
  after(() => program.close());
  await program.said(/Serving/);
}

/** What curl says of a page: its status, or 000 where nobody answered. */
async function fetchPage(address: string, port: number, seconds: number): Promise<string> {
  const host = address.includes(':') ? `[${address}]` : address;
  const { stdout } = await client.attempt(
    `curl -sg -o /dev/null -m ${seconds} -w '%{http_code}' http://${host}:${port}/`,
  );
  return stdout.trim();
}

const counted = async (index: number) =>
  Number((await router.list('filter stats from-clients')).find((row) => row.index === index)?.packets);

for (const [family, address, echo, web] of [
  ['IPv4', server.ip4, 40, 20],
  ['IPv6', server.ip6, 50, 30],
] as const) {
  test(`${family}: a list lets Linux open what its rules permit, and nothing else`, async () => {
    await assertPings(client, address);
    assert.equal(await fetchPage(address, 8000, 10), '200');
    assert.equal(await fetchPage(address, 8090, 1), '000');
    assert.ok((await counted(echo)) >= 3);
    assert.ok((await counted(web)) >= 1);
    assert.ok((await counted(10)) >= 2, 'what follows the opening is established');
  });
}

test('what is sent is filtered as well, in fragments too', async () => {
  await assertPings(client, server.ip4, '-s 1400');
  await router.ctl(`
    filter add to-server deny fragment
    filter set to-server default permit
    filter bind to-server iface server out`);
  await assertPings(client, server.ip4);
  await assertNoPing(client, server.ip4, '-s 4000 -c 1');
  await router.ctl('filter unbind iface server out');
});

test('which rule a packet meets is told, and it is the one', async () => {
  const ask = async (packet: string) =>
    (await router.list(`filter explain iface client in src 10.1.0.2 ${packet}`))[0] ?? {};
  const { index, action } = await ask('dst 10.2.0.2 proto tcp sport 40000 dport 8080 tcp-flags syn');
  assert.deepEqual([index, action], [20, 'permit']);
  assert.equal((await ask('dst 10.3.0.2 proto tcp sport 40000 dport 8080 tcp-flags syn')).action, 'deny');
  assert.equal((await ask('dst 10.3.0.2 proto tcp sport 8080 dport 1 tcp-flags syn,ack')).index, 10);
  assert.equal((await ask('dst 10.3.0.2 proto udp sport 8080 dport 53')).index, 35);
});

test('a rule has a rate limit, which stays as long as the rule', async () => {
  await router.ctl(limited);
  const [lookups] = await router.list('police show');
  assert.deepEqual(lookups?.at, ['filter from-clients rule 8']);
  await assert.rejects(router.ctl('police del lookups'), /EBUSY|filter from-clients rule 8/);
  await router.ctl('filter del from-clients index 8\npolice del lookups');
});

test('a trace shows where a packet is denied', async () => {
  await router.ctl('trace enable iface client');
  await eventually(async () => {
    await client.attempt('curl -s -m 1 http://10.2.0.2:8090/');
    assert.match(await router.ctl('trace show'), /filter-input[\s\S]*filter-denied/);
  });
  await router.ctl('trace disable all');
});

test('all rules are replaced in one step, under traffic', async () => {
  await router.ctl(second);
  await assertNoPing(client, server.ip4, '-c 1');
  assert.ok((await iperf(client, server, '-n 2M')).megabitsPerSecond > 0);
  assert.ok((await iperf(client, server, '-n 2M -6')).megabitsPerSecond > 0);
  await router.ctl('filter unbind iface client in');
  await assertPings(client, server.ip4);
});
