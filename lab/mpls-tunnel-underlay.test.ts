import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './eventually.ts';
import { connect, forgetSizes, tunnelOf, twoCustomers } from './two-customers.ts';
import { type Capture, startCapture } from './witness/capture.ts';
import { sendFlows } from './witness/frames.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

const pair = await twoCustomers();
const { a, b, red1, red2 } = pair;

test('the tunnel follows the size and the address of its way', async () => {
  await connect(pair, 'mplsoudp', 'IPv4');
  assert.deepEqual(await tunnelOf(a), { local: '10.9.0.1', mtu: 1472, state: 'up' });
  await a.ctl('interface set port core mtu 1400');
  await eventually(async () => assert.equal((await tunnelOf(a)).mtu, 1372));
  await forgetSizes(red1);
  assert.match(await assertNoPing(red1, red2.ip4, '-c 1 -M do -s 1400'), /mtu = 1368/);
  await forgetSizes(red1);
  await a.ctl('route add 10.50.0.0/24 via 10.10.0.2');
  await eventually(async () =>
    assert.deepEqual(await tunnelOf(a), { local: '10.10.0.1', mtu: 1472, state: 'up' }),
  );
  await a.ctl('route del 10.50.0.0/24');
  await eventually(async () => assert.equal((await tunnelOf(a)).state, 'down'));
  const before = await a.counted('mpls-tunnel-down');
  await assertNoPing(red1, red2.ip4, '-c 2');
  assert.ok((await a.counted('mpls-tunnel-down')) >= before + 2);
  await a.ctl('interface set port core mtu 1500\nroute add 10.50.0.0/24 via 10.9.0.2');
  await eventually(async () => assert.equal((await tunnelOf(a)).state, 'up'));
  await assertPings(red1, red2.ip4);
});

test('the tunnel moves with a route of the underlay at once: no packet is lost', async () => {
  await connect(pair, 'mplsoudp', 'IPv4');
  await assertPings(red1, red2.ip4);
  await a.ctl('ping 10.10.0.2 count 1 delay 20');
  await using onSpare = await startCapture(b.namespace, 'v-spare', 'udp dst port 6635');
  const pinging = red1.run(`ping -n -c 100 -i 0.02 -w 10 ${red2.ip4}`);
  for (const gateway of ['10.10.0.2', '10.9.0.2', '10.10.0.2']) {
    await a.ctl(`route add 10.50.0.0/24 via ${gateway}`);
  }
  assert.match(await pinging, / 0% packet loss/);
  assert.ok((await onSpare.lines()).length > 0);
  await a.ctl('route add 10.50.0.0/24 via 10.9.0.2');
});

test('flows spread over the ways of the underlay, each keeping its own', async () => {
  await connect(pair, 'mplsoudp', 'IPv4');
  await a.ctl(`
    nexthop add l3 iface core address 10.9.0.2 id 91
    nexthop add l3 iface spare address 10.10.0.2 id 92
    nexthop add group id 90 member 91 member 92
    route add 10.50.0.0/24 via id 90
  `);
  for (const address of ['10.9.0.2', '10.10.0.2']) await a.ctl(`ping ${address} count 1 delay 20`);
  const ways = async () => {
    await using onCore = await startCapture(b.namespace, 'v-core', 'udp dst port 6635');
    await using onSpare = await startCapture(b.namespace, 'v-spare', 'udp dst port 6635');
    await sendFlows(red1, red2.ip4, 64);
    const [core, spare] = await eventually(async () => {
      const flows = [await innerPorts(onCore), await innerPorts(onSpare)] as const;
      assert.equal(flows[0].length + flows[1].length, 64);
      return flows;
    });
    assert.ok(core.length > 10 && spare.length > 10, `${core.length} and ${spare.length} flows`);
    return core;
  };
  assert.deepEqual(await ways(), await ways());
  await a.ctl('route add 10.50.0.0/24 via 10.9.0.2\nnexthop del 90\nnexthop del 92');
});

test('a tunnel goes through a tunnel', async () => {
  await connect(pair, 'mplsogre', 'IPv4');
  await a.ctl(`
    nexthop add mplsoudp remote 10.9.0.2 id 2000
    nexthop add mpls label 300 via 2000 id 2100
    nexthop add mplsogre remote 10.50.0.1 local 10.9.0.1 id 1000
    route add 10.50.0.1/32 via id 2100
  `);
  await b.ctl('label add 300 vrf main');
  await using onCore = await startCapture(b.namespace, 'v-core', 'udp dst port 6635');
  await assertPings(red1, red2.ip4);
  const seen = await onCore.dissected('udp && gre', ['mpls.label']);
  assert.deepEqual([...new Set(seen)], ['300,100']);
  assert.equal((await tunnelOf(a)).mtu, 1500 - 28 - 4 - 24);
  await a.ctl('route del 10.50.0.1/32\nnexthop del 2100\nnexthop del 2000');
  await b.ctl('label del 300');
});

/** The source ports of datagrams to port 9 inside labels, in order. */
async function innerPorts(capture: Capture): Promise<readonly string[]> {
  const lines = await capture.dissected('udp.dstport == 9', ['udp.srcport']);
  return lines.map((line) => line.split(',').at(-1) ?? '').sort();
}
