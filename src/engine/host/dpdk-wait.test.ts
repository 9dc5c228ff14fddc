import assert, { fail } from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  allowedCpus,
  burstFunctions,
  ealCleanup,
  poolStats,
  portClose,
  portConfigure,
  portProbe,
  portStart,
  wake,
} from './dpdk.ts';
import { startPacketWorld } from './dpdk-testing.ts';

// The rings of a socket of AF_XDP take some 4000 packets.
const world = startPacketWorld({ hugepages: false, count: 8191 });
const lastCpu = allowedCpus().at(-1) ?? 0;
const ifname = `mrw${process.pid % 100000}`;
/** Where the list of queues lies, and the word by which a worker says that it is about to sleep. */
const QUEUES = 256;
const ASLEEP = 512;
const LONG_NS = 4_000_000_000;
const view = new DataView(world.memory.buffer);
const words = new Int32Array(world.memory.buffer);
after(ealCleanup);

test('a worker sleeps until time is up when nothing comes', async () => {
  const tap = startTap();
  const undisturbed = async (tries: number): Promise<number> => {
    const { ms, came } = await (await asleep(tap, 1, 50_000_000)).end;
    return came > 0 && tries > 1 ? undisturbed(tries - 1) : ms; // the kernel may still leave groups of the TAP
  };
  const ms = await undisturbed(5);
  assert.ok(ms >= 50 && ms < 2000, `slept for ${ms} ms`);
  portClose(tap);
});

test('a packet ends the sleep, and the next receive has it', async () => {
  const tap = startTap();
  const sleeper = await asleep(tap, 1, LONG_NS);
  ping(ifname);
  const { ms, came, received } = await sleeper.end;
  assert.equal(came, 1);
  assert.ok(received > 0);
  assert.ok(ms < 2000, `slept for ${ms} ms`);
  portClose(tap);
  assert.equal(poolStats().inUse, 0);
});

test('the signals of a port go on when the worker that took them has ended', async () => {
  const tap = startTap();
  await (await asleep(tap, 1, 50_000_000)).end;
  ping(ifname);
  const { rx, free } = burstFunctions();
  const deadlineMs = performance.now() + 2000;
  let received = 0;
  while (received === 0 && performance.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    received = rx(tap, 0, world.received, 64);
  }
  assert.ok(received > 0);
  free(world.received, received);
  portClose(tap);
});

test('a thread of its own hears the signals of a port that no worker sleeps at', () => {
  const tap = startTap();
  const before = wakeUps('queue-signals');
  ping(ifname);
  assert.ok(wakeUps('queue-signals') > before);
  portClose(tap);
});

test('wake ends the sleep, be it one without queues', async () => {
  const sleeper = await asleep(0, 0, LONG_NS);
  assert.equal(wake(sleeper.thread), true);
  const { ms, came } = await sleeper.end;
  assert.equal(came, 0);
  assert.ok(ms < 2000, `slept for ${ms} ms`);
  assert.equal(wake(sleeper.thread), false);
});

test('a port is removed at once while a worker sleeps at it', async () => {
  const tap = startTap();
  const sleeper = await asleep(tap, 1, LONG_NS);
  portClose(tap);
  const { ms } = await sleeper.end;
  assert.ok(ms < 2000, `slept for ${ms} ms`);
  assert.throws(() => execFileSync('ip', ['link', 'show', ifname], { stdio: 'ignore' }));
});

test('a packet at a socket of AF_XDP ends the sleep, and the next receive has it', async () => {
  const far = `${ifname}x`;
  execFileSync('ip', ['link', 'add', far, 'type', 'veth', 'peer', 'name', ifname]);
  try {
    for (const device of [far, ifname])
      execFileSync('ip', ['link', 'set', device, 'addrgenmode', 'none', 'up']);
    const port = startPort(`net_af_xdp0,iface=${ifname}`);
    const sleeper = await asleep(port, 1, LONG_NS);
    ping(far);
    const { ms, came, received } = await sleeper.end;
    assert.equal(came, 1);
    assert.ok(received > 0);
    assert.ok(ms >= 20 && ms < 2000, `slept for ${ms} ms`);
    portClose(port);
  } finally {
    execFileSync('ip', ['link', 'delete', far]);
  }
});

test('a queue that cannot end a sleep bounds it, and so does a port that is none', async () => {
  const ring = startPort('net_ring0');
  for (const port of [ring, 31, 65535]) {
    const { ms } = await (await asleep(port, 1, LONG_NS)).end;
    assert.ok(ms < 2000, `slept for ${ms} ms at port ${port}`);
  }
  portClose(ring);
});

test('arguments that are none, and threads that are no workers, do not sleep', async () => {
  const { wait } = burstFunctions();
  const untyped = wait as (...values: readonly unknown[]) => number;
  assert.equal(wait(QUEUES, 1, LONG_NS, LONG_NS), 0); // the main thread is no worker
  const results = await inWorker(`
    const { wait } = dpdk.burstFunctions();
    dpdk.workerRegister(${lastCpu});
    const long = ${LONG_NS};
    return { results: [wait(), wait('a', 1, long, long), wait(${QUEUES}, 65, long, long), wait(2, 1, long, long),
      wait(memory.buffer.byteLength, 1, long, long), wait(memory.buffer.byteLength - 4, 2, long, long),
      wait(${QUEUES}, 0, long, 0)] };`);
  assert.deepEqual(results.results, [0, 0, 0, 0, 0, 0, 0]);
  assert.equal(untyped(), 0);
  assert.throws(() => wake(-1), { code: 'EINVAL' });
  assert.throws(() => wake(1.5), { code: 'EINVAL' });
});

/** Starts a TAP port whose host end says nothing of its own accord. */
function startTap(): number {
  const port = startPort(`net_tap0,iface=${ifname}`);
  execFileSync('ip', ['link', 'set', ifname, 'addrgenmode', 'none']);
  execFileSync('ip', ['-6', 'address', 'flush', 'dev', ifname]);
  return port;
}

function startPort(devargs: string): number {
  const port = portProbe(devargs);
  portConfigure(port);
  portStart(port);
  return port;
}

/** Sends something out of the host's end: neighbour discovery of an address that nobody has. */
function ping(device: string): void {
  execFileSync('ip', ['link', 'set', device, 'up']);
  execFileSync('ip', ['address', 'replace', '192.0.2.1/24', 'dev', device]);
  spawnSync('ping', ['-I', device, '-c', '1', '-W', '0.2', '192.0.2.2']); // ended before the port: it inherits its descriptors
}

/** How often a thread of this process has slept. */
function wakeUps(name: string): number {
  const tasks = readdirSync('/proc/self/task').map((task) => `/proc/self/task/${task}`);
  const task =
    tasks.find((each) => readFileSync(`${each}/comm`, 'utf8') === `${name}\n`) ?? fail(`no thread ${name}`);
  return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readFileSync(`${task}/status`, 'utf8'))?.[1]);
}

/** Lets a worker sleep at a port's queue 0, 1 ms at most if that cannot end the sleep; resolves when it is about to, with nothing left to receive. */
async function asleep(port: number, count: number, longestNs: number) {
  view.setUint16(QUEUES, port, true);
  view.setUint16(QUEUES + 2, 0, true);
  Atomics.store(words, ASLEEP >> 2, 0);
  const end = inWorker(`
    const words = new Int32Array(memory.buffer);
    const { wait, rx, free } = dpdk.burstFunctions();
    dpdk.workerRegister(${lastCpu});
    while (wait(${QUEUES}, ${count}, 1000, 100000000)) free(${world.received}, rx(${port}, 0, ${world.received}, 64));
    const beforeMs = performance.now();
    Atomics.store(words, ${ASLEEP >> 2}, dpdk.threadId());
    const came = wait(${QUEUES}, ${count}, 1000000, ${longestNs});
    const ms = performance.now() - beforeMs;
    const received = came ? rx(${port}, 0, ${world.received}, 64) : 0;
    free(${world.received}, received);
    dpdk.workerUnregister();
    return { ms, came, received };`) as Promise<{ ms: number; came: number; received: number }>;
  while (Atomics.load(words, ASLEEP >> 2) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { end, thread: Atomics.load(words, ASLEEP >> 2) };
}

async function inWorker(body: string): Promise<Record<string, unknown>> {
  const script = `const { workerData: memory, parentPort } = require("node:worker_threads");
    import(${JSON.stringify(new URL('./dpdk.ts', import.meta.url).href)}).then(async (dpdk) => {
      parentPort.postMessage(await (async () => { ${body} })());
    });`;
  const worker = new Worker(script, { eval: true, workerData: world.memory });
  const [[message]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  return message;
}
