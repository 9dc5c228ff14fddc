import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  allowedCpus,
  burstFunctions,
  cyclesPerSecond,
  ealCleanup,
  poolStats,
  portClose,
  portConfigure,
  portProbe,
  portStart,
  setClockAddress,
  workerRegister,
} from './dpdk.ts';
import { startPacketWorld } from './dpdk-testing.ts';

const world = startPacketWorld({ hugepages: false });
const { tx } = burstFunctions();
const cpus = allowedCpus();
const lastCpu = cpus.at(-1) ?? 0;
after(ealCleanup);

test('a worker is pinned, has an lcore, receives, and its clock runs', async () => {
  const ring = startRing();
  world.take(8);
  assert.equal(tx(ring, 0, world.sent, 8), 8);
  const result = await inWorker(`
    const { lcore } = dpdk.workerRegister(${lastCpu});
    dpdk.setClockAddress(64);
    const { rx, free, cycles, pause } = dpdk.burstFunctions();
    const received = rx(${ring}, 0, ${world.received}, 64);
    const clock = Number(new BigUint64Array(memory.buffer, 64, 1)[0]);
    const freed = free(${world.received}, received);
    const before = cycles();
    pause(1000000);
    const paused = (cycles() - before) / dpdk.cyclesPerSecond();
    const status = fs.readFileSync("/proc/thread-self/status", "utf8");
    const pinned = /Cpus_allowed_list:\\s*(\\S+)/.exec(status)[1];
    return { lcore, received, freed, paused, pinned, late: before - clock };`);
  const { lcore, received, freed, paused, pinned, late } = result;
  assert.ok(Number(lcore) > 0);
  assert.deepEqual([received, freed], [8, 8]);
  assert.ok(Number(paused) >= 0.001 && Number(paused) < 0.1, `paused ${paused} s`);
  assert.equal(pinned, String(lastCpu));
  assert.ok(Number(late) >= 0 && Number(late) < cyclesPerSecond(), `clock late by ${late} ticks`);
  portClose(ring);
  assert.equal(poolStats().inUse, 0);
});

test('a worker that ends without a word gives its lcore and its cached packets back', async () => {
  const lcores = new Set<unknown>();
  for (let round = 0; round < 5; round++) {
    const result = await inWorker(`
      const { lcore } = dpdk.workerRegister(${lastCpu});
      const { alloc, free } = dpdk.burstFunctions();
      free(${world.sent}, alloc(${world.sent}, 64));
      return { lcore };`);
    lcores.add(result.lcore);
  }
  assert.equal(lcores.size, 1);
  assert.equal(poolStats().inUse, 0);
});

test('a thread that is not registered gets nothing from bursts', async () => {
  const ring = startRing();
  const result = await inWorker(`
    const { rx, tx, alloc, free } = dpdk.burstFunctions();
    return { counts: [rx(${ring}, 0, 64, 8), tx(${ring}, 0, 64, 8), alloc(64, 8), free(64, 8)] };`);
  assert.deepEqual(result.counts, [0, 0, 0, 0]);
  portClose(ring);
});

test('a worker in the middle of its loop survives the removal of its port', async () => {
  const ring = startRing();
  const worker = start(`
    dpdk.workerRegister(${lastCpu});
    const { rx, tx, alloc, free } = dpdk.burstFunctions();
    const shared = new Int32Array(memory.buffer, 128, 2);
    for (; Atomics.load(shared, 0) === 0; Atomics.add(shared, 1, 1)) {
      const got = alloc(${world.sent}, 32);
      const sent = tx(${ring}, 0, ${world.sent}, got);
      free(${world.sent} + sent * 4, got - sent);
      free(${world.received}, rx(${ring}, 0, ${world.received}, 64));
    }
    return {};`);
  const [stop, rounds] = [0, 1];
  const shared = new Int32Array(world.memory.buffer, 128, 2);
  while (Atomics.load(shared, rounds) <= 10) await new Promise((resolve) => setTimeout(resolve, 5));
  portClose(ring);
  Atomics.store(shared, stop, 1);
  await once(worker, 'message');
  await once(worker, 'exit');
  assert.equal(poolStats().inUse, 0);
});

test('CPUs that are not ours and clocks outside the memory are refused', () => {
  const other = Array.from({ length: 1024 }, (_, cpu) => cpu).find((cpu) => !cpus.includes(cpu)) ?? 1023;
  assert.throws(() => workerRegister(other), { code: 'EINVAL', message: /may not run/ });
  assert.throws(() => workerRegister(-1), { code: 'EINVAL' });
  assert.throws(() => workerRegister(cpus[0] ?? 0), { code: 'EALREADY' }); // the main thread is EAL's main lcore
  assert.throws(() => setClockAddress(12), { code: 'EINVAL' });
  assert.throws(() => setClockAddress(world.memory.buffer.byteLength), { code: 'EINVAL' });
});

function startRing(): number {
  const ring = portProbe('net_ring0');
  portConfigure(ring);
  portStart(ring);
  return ring;
}

async function inWorker(body: string): Promise<Record<string, unknown>> {
  const worker = start(body);
  const [[message]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  return message;
}

function start(body: string): Worker {
  const script = `const { workerData: memory, parentPort } = require("node:worker_threads");
    const fs = require("node:fs");
    import(${JSON.stringify(new URL('./dpdk.ts', import.meta.url).href)}).then(async (dpdk) => {
      parentPort.postMessage(await (async () => { ${body} })());
    });`;
  return new Worker(script, { eval: true, workerData: world.memory });
}
