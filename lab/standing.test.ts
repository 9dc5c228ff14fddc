import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultKind } from '../src/engine/testing/faults.ts';
import { eventually } from './eventually.ts';
import { testFaultyRouter } from './faulty-router.ts';
import { sendFrames } from './witness/frames.ts';
import { healthOf } from './witness/health.ts';
import { during, iperf } from './witness/iperf.ts';
import { assertPings } from './witness/ping.ts';

// The worker of CPU 1 has red and blue, that of CPU 0 has green and white; packets let one or the other stand still.

const { router, hosts, faultFrame } = await testFaultyRouter(1);
const { red, blue, green, white } = hosts;

test('a worker that stands still is named in health and log, and the other one loses nothing', async () => {
  assert.deepEqual(await health(), ['SERVING', 'SERVING']);
  const flow = iperf(green, white, '-u -l 200 -b 400k -w 1M -t 4');
  const { lostPercent } = await during(flow, async () => {
    await send('pause', 'ip4-output');
    await standing(/stands still on CPU 1 on the common paths/);
    assert.deepEqual(await health(), ['NOT_SERVING', 'NOT_SERVING']);
    await eventually(() =>
      assert.match(
        router.log,
        /"worker":0,"cpu":1,"ms":\d+,"ranMs":\d+,"withoutCpuMs":\d+,"pagesRead":\d+,"place":"on the common paths.*","msg":"a worker stands still"/,
      ),
    );
    await moving();
  });
  assert.equal(lostPercent, 0);
});

test('its stage is named where packets go stage by stage', async () => {
  await router.ctl('trace enable all');
  await send('pause', 'ip4-forward');
  await standing(/stands still on CPU 1 in stage ip4-forward/);
  await router.ctl('trace disable all');
  await moving();
});

test('calls that need it are refused in time, the others are answered, and it goes on where it was', async () => {
  await send('pause', 'ip4-input', 12_000);
  await standing(/stands still/);
  const started = performance.now();
  const { status, stderr } = await router.attempt('affinity qmap set red rxq 0 cpu 0');
  assert.ok(performance.now() - started < 9000, `${performance.now() - started} ms`);
  assert.equal(status, 1);
  assert.match(stderr, /expected each to begin a round.*got worker 0 \(CPU 1\), which stands still/s);
  await router.ctl('route add 192.0.2.0/24 via 10.3.0.2\nroute del 192.0.2.0/24\nstats show');
  await assertPings(green, white.ip4, '-W 5');
  await moving();
  await assertPings(red, blue.ip4, '-W 5');
  await router.ctl('affinity qmap set red rxq 0 cpu 0\naffinity qmap set red rxq 0 cpu 1');
});

test('a port that needs it is added whole when it goes on, and not at all before', async () => {
  await send('pause', 'ip4-input', 12_000);
  await standing(/stands still/);
  const line = 'interface add port more devargs net_null7 rxqs 2';
  const { status, stderr } = await router.attempt(line);
  assert.equal(status, 1);
  assert.match(stderr, /expected each to begin a round.*got worker 0 \(CPU 1\), which stands still/s);
  const names = (await router.list('interface show')).map(({ name }) => name);
  assert.ok(!names.includes('more'), names.join());
  await moving();
  await router.ctl(line);
  await router.ctl('interface del more');
});

test('one that never comes back can be taken away, and another polls its queues', async () => {
  await send('loop', 'port-tx');
  await standing(/stands still/);
  await router.ctl('affinity cpus set datapath 0');
  assert.match(router.log, /"a worker stands still and is ended by force"/);
  await moving();
  await assertPings(red, blue.ip4, '-W 5');
  await assertPings(green, white.ip6, '-W 5');
});

test('the router ends in time when its worker stands still', async () => {
  await send('loop', 'ether-input');
  await standing(/worker/);
  const started = performance.now();
  assert.equal(await router.stop(), 0);
  assert.ok(performance.now() - started < 20_000, `${performance.now() - started} ms`);
});

/** Sends a datagram from red to blue that lets a stage go wrong. */
async function send(kind: FaultKind, stage: string, ms = 6000): Promise<void> {
  await sendFrames(red, [faultFrame({ stage, kind, ms })]);
}

async function standing(text: RegExp): Promise<void> {
  await eventually(async () => assert.match(await router.ctl('health'), text));
}

async function moving(): Promise<void> {
  await eventually(async () => assert.deepEqual(await router.list('health'), []));
  assert.deepEqual(await health(), ['SERVING', 'SERVING']);
}

/** What gRPC's health service says of the router and of its packet path. */
async function health(): Promise<readonly string[]> {
  return [await healthOf(router, ''), await healthOf(router, 'millrace.datapath')];
}
