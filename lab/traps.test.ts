import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packetPath } from '../src/programs/vrouter/packet-path.ts';
import { eventually } from './eventually.ts';
import { testFaultyRouter } from './faulty-router.ts';
import { sendFrames } from './witness/frames.ts';
import { healthOf } from './witness/health.ts';
import { during, iperf } from './witness/iperf.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// The worker of CPU 0 has red and blue, that of CPU 1 has green and white; red sends packets that let stages trap.

const { router, hosts, faultFrame } = await testFaultyRouter(0);
const { red, blue, green, white } = hosts;

test('a trap in any stage of the common path is told with its name, and the other worker loses nothing', async () => {
  const [path = []] = packetPath.commonPaths;
  const flow = iperf(green, white, '-u -l 200 -b 400k -w 1M -t 4');
  const { lostPercent } = await during(flow, async () => {
    for (const stage of path) {
      await sendFrames(red, [trapping(stage)]);
      await eventually(() => assert.match(router.log, told(stage)));
      assert.equal(await trapsOf(stage), 1);
      await assertPings(red, blue.ip4, '-W 5');
    }
  });
  assert.equal(lostPercent, 0);
  assert.deepEqual(await router.list('health'), []);
});

test('a stage that traps again and again is off until somebody switches it on, and the others go on', async () => {
  const flow = iperf(green, white, '-6 -u -l 200 -b 400k -w 1M -t 8');
  const { lostPercent } = await during(flow, async () => {
    await eventually(async () => {
      await sendFrames(red, Array<Uint8Array>(50).fill(trapping('ip4-forward')));
      assert.match(await router.ctl('health'), /stage +ip4-forward .*its packets are dropped/);
    });
    assert.equal(await healthOf(router, 'millrace.datapath'), 'NOT_SERVING');
    assert.equal(await healthOf(router, ''), 'SERVING');
    const traps = await trapsOf('ip4-forward');
    await sendFrames(red, [trapping('ip4-forward')]);
    const before = await router.counted('stage-disabled');
    await assertNoPing(red, blue.ip4);
    assert.ok((await router.counted('stage-disabled')) >= before + 3);
    await assertPings(red, blue.ip6, '-W 5');
    assert.equal(await trapsOf('ip4-forward'), traps);
    await router.ctl('graph enable ip4-forward');
    await assertPings(red, blue.ip4, '-W 5');
    assert.equal(await healthOf(router, 'millrace.datapath'), 'SERVING');
  });
  assert.equal(lostPercent, 0);
});

test('the stage that receives is never off: its traps cost single bursts and no buffer', async () => {
  for (let i = 0; i < 10; i++) await sendFrames(red, Array<Uint8Array>(200).fill(trapping('port-rx')));
  await eventually(async () => assert.ok((await trapsOf('port-rx')) > 20));
  await assertPings(red, blue.ip4, '-W 5');
  await assertPings(green, white.ip4, '-W 5');
  assert.deepEqual(await router.list('health'), []);
});

/** A datagram from red to blue that lets a stage trap. */
function trapping(stage: string): Uint8Array {
  return faultFrame({ stage, kind: 'out-of-bounds', place: 'last' });
}

function told(stage: string): RegExp {
  return new RegExp(`"worker":\\d,"stage":"${stage}","dropped":\\d+,.*"the datapath has trapped"`);
}

async function trapsOf(stage: string): Promise<number> {
  const [{ stages = [] } = {}] = (await router.list('graph')) as {
    stages?: { name: string; traps?: number }[];
  }[];
  return stages.find(({ name }) => name === stage)?.traps ?? 0;
}
