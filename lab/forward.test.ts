import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertFlows, iperf } from './witness/iperf.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';
import { hopsTo } from './witness/traceroute.ts';

const { router, hosts } = await testTopology({ hosts: { red: {}, blue: {} } });
const { red, blue } = hosts;

for (const { family, far, gateway } of [
  { family: 'IPv4', far: blue.ip4, gateway: red.gateway4 },
  { family: 'IPv6', far: blue.ip6, gateway: red.gateway6 },
]) {
  test(`${family}: the router answers ping, and forwards it with one hop less, the first packet too`, async () => {
    await assertPings(red, gateway);
    const { output } = await assertPings(red, far);
    assert.match(output, /ttl=63/);
  });

  test(`${family}: ping of every size up to the MTU crosses`, async () => {
    for (const size of [0, 1, 18, 19, 1000, family === 'IPv4' ? 1472 : 1452])
      await assertPings(red, far, `-c 1 -s ${size} -M do`);
  });

  test(`${family}: traceroute shows the router and the host`, async () => {
    assert.deepEqual(await hopsTo(red, far), [gateway, far]);
  });

  test(`${family}: a packet whose time is over is told so by the router`, async () => {
    const counter = family === 'IPv4' ? 'ip4-ttl-exceeded' : 'ip6-hop-limit-exceeded';
    const before = await router.counted(counter);
    const said = await assertNoPing(red, far, '-c 1 -t 1');
    assert.match(said, new RegExp(`From ${gateway} icmp_seq=1 Time (to live )?exceeded`));
    assert.equal(await router.counted(counter), before + 1);
  });

  test(`${family}: TCP and UDP flow, with checksums that tshark finds right on both sides`, async () => {
    const option = family === 'IPv4' ? '-4' : '-6';
    await using sent = await startCapture(red, red.device);
    await using received = await startCapture(blue, blue.device);
    await assertFlows(red, blue, `${option} -n 4M`);
    const udp = await iperf(red, blue, `${option} -u -b 20M -n 1M`);
    assert.ok(udp.lostPercent < 1, `UDP: ${udp.lostPercent} % lost`);
    await Promise.all([sent.stop(), received.stop()]);
    assert.deepEqual((await Promise.all([sent.faulty(), received.faulty()])).flat(), []);
  });

  test(`${family}: the router's own ping and traceroute reach hosts`, async () => {
    const ping = await router.ctl(`ping ${far} count 3 delay 50`);
    assert.match(ping, /3 packets transmitted, 3 received, 0% packet loss/);
    assert.match(await router.ctl(`traceroute ${far}`), new RegExp(`^ 1  ${far} `, 'm'));
    const silent = await router.attempt(`ping ${far.replace(/2$/, '99')} count 1 delay 50`);
    assert.equal(silent.status, 1);
    assert.match(silent.stderr, /\((ETIMEDOUT|EHOSTUNREACH)\)/);
  });
}

test('interfaces count what passes', async () => {
  const before = await sentTo('blue');
  await assertPings(red, blue.ip4, '-c 5 -s 500');
  const after = await sentTo('blue');
  const [packets, bytes] = [after.packets - before.packets, after.bytes - before.bytes];
  assert.ok(packets >= 5 && packets <= 9, `${packets} packets`); // the router may ask for a neighbour meanwhile
  assert.ok(bytes >= 5 * 542 && bytes <= 5 * 542 + 4 * 86, `${bytes} bytes`);
});

async function sentTo(name: string): Promise<{ readonly packets: number; readonly bytes: number }> {
  const found = (await router.list('interface stats')).find((row) => row.interface === name);
  return { packets: Number(found?.tx_packets), bytes: Number(found?.tx_bytes) };
}
