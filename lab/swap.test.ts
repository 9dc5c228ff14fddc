import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FaultKind, faultPayload } from '../src/engine/testing/faults.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../src/net/frame/build.ts';
import {
  ordinary,
  withOneMoreStage,
  withoutAnswers,
  withoutFlooding,
  withTablesElsewhere,
  withTraps,
} from './builds.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { sendFrames } from './witness/frames.ts';
import { during, iperf } from './witness/iperf.ts';
import { assertPings } from './witness/ping.ts';

const { router, hosts } = await testTopology({ hosts: { red: {}, blue: {} } });
const { red, blue } = hosts;

test('a build with one more stage takes over, shows it in the graph, and keeps tables and counters', async () => {
  await assertPings(red, blue.ip4);
  const [routes, neighbors, input] = await tables();
  assert.doesNotMatch(await router.ctl('graph'), /lab-extra/);
  const said = await router.ctl(`datapath swap ${await withOneMoreStage()}`);
  assert.match(said, /longest_pause_ms: [\d.]+/);
  assert.match(await router.ctl('graph'), /lab-extra/);
  const [routesAfter, neighborsAfter, inputAfter] = await tables();
  assert.deepEqual([routesAfter, neighborsAfter], [routes, neighbors]);
  assert.ok(inputAfter >= input);
  await assertPings(red, blue.ip4);
  await assertPings(red, blue.ip6);
  await router.ctl(`datapath swap ${ordinary}`);
  assert.doesNotMatch(await router.ctl('graph'), /lab-extra/);
  assert.match(await router.ctl('datapath'), /^swaps: 2$/m);
});

test('tables that were filled before a swap are changed after it', async () => {
  await router.ctl(`route add 192.0.2.0/24 via ${blue.ip4}`);
  await router.ctl(`datapath swap ${await withOneMoreStage()}`);
  await router.ctl('route del 192.0.2.0/24');
  await router.ctl(`route add 198.51.100.0/24 via ${blue.ip4}`);
  await router.ctl(`datapath swap ${ordinary}`);
  assert.match(await router.ctl('route get 198.51.100.1'), new RegExp(blue.ip4.replaceAll('.', '\\.')));
  await router.ctl('route del 198.51.100.0/24');
});

for (const { what, file, reason } of [
  {
    what: 'no datapath',
    file: async () => import.meta.filename,
    reason: /a datapath that this router can run/,
  },
  {
    what: 'a build that fails its self-test',
    file: withoutAnswers,
    reason: /an IPv4 ping to the router became .*lab-nothing/,
  },
  {
    what: 'a build that does not flood in bridges',
    file: withoutFlooding,
    reason: /a frame to a stranger, expected at ports 9,9,10,10, became .*lab-nothing/,
  },
  {
    what: 'a build whose tables lie elsewhere, as it was not built beside the one that runs,',
    file: withTablesElsewhere,
    reason: /the table LAB_TABLE where the running build has none, .*build it with --beside/,
  },
]) {
  test(`${what} is refused, and nobody notices`, async () => {
    const before = await router.ctl('datapath');
    const { status, stderr } = await router.attempt(`datapath swap ${await file()}`);
    assert.equal(status, 1);
    assert.match(stderr, /\(EINVAL\)/);
    assert.match(stderr, reason);
    assert.equal(await router.ctl('datapath'), before);
    await assertPings(red, blue.ip4);
  });
}

test('a build that traps in its first second goes, and the one before runs again', async () => {
  const before = await router.ctl('datapath');
  const swapping = router.attempt(`datapath swap ${await withTraps()}`);
  await eventually(async () => assert.notEqual(await router.ctl('datapath'), before), { everyMs: 10 });
  await sendFrames(red, Array<Uint8Array>(20).fill(faulty('unreachable')));
  const { status, stderr } = await swapping;
  assert.equal(status, 1);
  assert.match(stderr, /\(ECANCELED\)[\s\S]*a trap of worker 0 in ip4-forward: .*runs again/);
  assert.equal(await router.ctl('datapath'), before);
  await assertPings(red, blue.ip4);
});

test('hosts lose nothing while builds take turns', async () => {
  const other = await withOneMoreStage();
  const flow = iperf(red, blue, '-u -l 200 -b 1M -t 8');
  const { lostPercent } = await during(flow, async () => {
    for (const file of [other, ordinary, other, ordinary]) await router.ctl(`datapath swap ${file}`);
  });
  assert.equal(lostPercent, 0);
});

/** Routes, neighbours, and packets that ip4-input has counted. */
async function tables(): Promise<readonly [string, string, number]> {
  const neighbors = (await router.list('nexthop')).map(({ id, addr, mac }) => `${id} ${addr} ${mac}`);
  return [await router.ctl('route'), neighbors.sort().join('\n'), await router.counted('ip4-input')];
}

// The last one here: the worker stands still until its thread is ended.
test('a build in which a worker stands still goes, and health says that it has not gone everywhere', async () => {
  const before = await router.ctl('datapath');
  const swapping = router.attempt(`datapath swap ${await withTraps()}`);
  await eventually(async () => assert.notEqual(await router.ctl('datapath'), before), { everyMs: 10 });
  await sendFrames(red, [faulty('loop')]);
  const { status, stderr } = await swapping;
  assert.equal(status, 1);
  const problem = /does not run again on all workers: .*stands still/;
  assert.match(stderr, /\(ECANCELED\)[\s\S]*stands still/);
  assert.match(stderr, problem);
  assert.equal(await router.ctl('datapath'), before);
  const [trouble] = (await router.list('health')).filter(({ about }) => about === 'datapath');
  assert.match(String(trouble?.trouble), problem);
});

/** One UDP packet from red to blue that lets ip4-forward of the faulty build go wrong. */
function faulty(kind: FaultKind): Uint8Array {
  const payload = faultPayload({ stage: 'ip4-forward', kind });
  const ports = { source: 7, destination: 9 };
  const packet = ipv4Packet(
    { source: red.ip4, destination: blue.ip4, protocol: 17 },
    udpDatagram(ports, payload),
  );
  return etherFrame({ destination: gatewayMac, source: red.mac, etherType: 0x0800 }, packet);
}

const [{ mac: gatewayMac = '' } = {}] = (await router.list('interface show name red')) as { mac?: string }[];
