import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import {
  burstFunctions,
  ealCleanup,
  freeHugepages,
  poolStats,
  portClose,
  portConfigure,
  portProbe,
  portStart,
} from './dpdk.ts';
import { inChild, startPacketWorld } from './dpdk-testing.ts';

const PAGES = 512;
const reserved = '/proc/sys/vm/nr_hugepages';
const reservedBefore = Number(readFileSync(reserved, 'utf8'));
if (freePages() < PAGES) writeFileSync(reserved, String(reservedBefore + PAGES));
const world = startPacketWorld({ hugepages: true });
const { rx, tx, free } = burstFunctions();
after(() => {
  ealCleanup();
  if (Number(readFileSync(reserved, 'utf8')) !== reservedBefore)
    writeFileSync(reserved, String(reservedBefore));
});

test('packets in hugepages go through a port, every mbuf of the pool', () => {
  assert.equal(pagesMappedTwice() * 2 * 1024 * 1024, world.mapping.length);
  const ring = portProbe('net_ring0');
  portConfigure(ring);
  portStart(ring);
  const held: number[] = [];
  for (let got = world.take(31); got.length > 0; got = world.take(31)) {
    assert.equal(tx(ring, 0, world.sent, got.length), got.length);
    assert.equal(rx(ring, 0, world.received, 64), got.length);
    held.push(...world.array(world.received, got.length));
  }
  assert.ok(held.length > poolStats().count - 31);
  new Uint32Array(world.memory.buffer, 16384, held.length).set(held);
  assert.equal(free(16384, held.length), held.length);
  portClose(ring);
  assert.equal(poolStats().inUse, 0);
});

test('a pool larger than the memory is ENOMEM with the numbers', async () => {
  const result = await inChild(`
    dpdk.ealInit({ extra: ["--socket-limit=32"] });
    try { dpdk.poolCreate({ name: "packets", count: 65535, dataRoom: 2176, cacheSize: 0 }); }
    catch (error) { return { code: error.code, message: error.message }; }`);
  assert.equal(result.code, 'ENOMEM');
  assert.match(String(result.message), /expected about 148 MiB .* free hugepages are \d+ of/);
});

test('a killed process leaves no hugepage, TAP or file behind', async () => {
  const before = leftovers();
  const name = `mrk${process.pid % 100000}`;
  const script = `import * as dpdk from ${JSON.stringify(new URL('./dpdk.ts', import.meta.url).href)};
    dpdk.ealInit();
    dpdk.poolCreate({ name: "packets", count: 2047, dataRoom: 2176, cacheSize: 64 });
    const port = dpdk.portProbe("net_tap0,iface=${name}");
    dpdk.portConfigure(port);
    dpdk.portStart(port);
    process.stdout.write("ready");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(!readFileSync('/proc/net/dev', 'utf8').includes(name));
  assert.deepEqual(leftovers(), before);
});

/** Pages of 2 MiB that this process sees at two places: by a file's device, inode and offset. */
function pagesMappedTwice(): number {
  const page = /^\S+ \S+ (\S+ \S+ \d+) .*\nSize: .*\nKernelPageSize: +2048 kB/gm;
  const places = [...readFileSync('/proc/self/smaps', 'utf8').matchAll(page)].map(([, place]) => place);
  return places.length - new Set(places).size;
}

function freePages(): number {
  return freeHugepages().find((size) => size.kibibytes === 2048)?.free ?? 0;
}

function leftovers(): readonly string[] {
  return ['/var/run/dpdk', '/dev/hugepages'].flatMap((directory) =>
    existsSync(directory) ? readdirSync(directory).map((name) => `${directory}/${name}`) : [],
  );
}
