import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { TapDevice } from './dpdk.ts';

const name = `mrt${process.pid % 100000}`;
const memory = new Uint8Array(new SharedArrayBuffer(65536));

test('a TAP carries what the kernel sends', async () => {
  const tap = new TapDevice({ name, kind: 'tap' });
  const readable = new Promise<void>((resolve) => tap.start(resolve));
  ip('link', 'set', name, 'up');
  await readable; // the kernel announces its IPv6 address
  const length = tap.read(memory, 100, 2000);
  assert.ok(length >= 60);
  assert.equal(memory[100 + 12], 0x86);
  while (tap.read(memory, 100, 2000) > 0);
  tap.close();
  tap.close();
  assert.ok(!readFileSync('/proc/net/dev', 'utf8').includes(name));
});

test('what is written to a TUN reaches the kernel', () => {
  const tun = new TapDevice({ name, kind: 'tun' });
  ip('link', 'set', name, 'up');
  memory.set([0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
  assert.equal(tun.write(memory, 0, 20), 20);
  const statistics = readFileSync(`/sys/class/net/${name}/statistics/rx_packets`, 'utf8');
  assert.equal(Number(statistics), 1);
  tun.close();
});

test('a write to a device that is down is a lost packet, not an error', () => {
  const tap = new TapDevice({ name, kind: 'tap' });
  assert.equal(tap.write(memory, 0, 60), 0);
  tap.close();
});

test("a name that is taken is EBUSY, and so is the loopback's", () => {
  const tap = new TapDevice({ name, kind: 'tap' });
  assert.throws(() => new TapDevice({ name, kind: 'tun' }), { code: 'EBUSY' });
  assert.throws(() => new TapDevice({ name: 'lo', kind: 'tap' }), { code: 'EBUSY' });
  tap.close();
});

test('impossible names, spans and closed devices are refused', () => {
  for (const bad of ['', 'a'.repeat(16), 'a b', 'a/b', '..', 'a%d', 'a\0b'])
    assert.throws(() => new TapDevice({ name: bad, kind: 'tap' }), { code: 'EINVAL' });
  const tap = new TapDevice({ name, kind: 'tap' });
  assert.throws(() => tap.read(memory, 65536, 1), { code: 'EINVAL' });
  assert.throws(() => tap.write(memory, 65000, 1000), { code: 'EINVAL' });
  tap.close();
  assert.throws(() => tap.read(memory, 0, 1), { code: 'EINVAL' });
});

test('a device that somebody deletes says so when read', async () => {
  const tap = new TapDevice({ name, kind: 'tap' });
  const readable = new Promise<void>((resolve) => tap.start(resolve));
  ip('link', 'del', name);
  await readable;
  assert.throws(() => tap.read(memory, 0, 2000), { code: 'EBADFD' });
  tap.close();
});

test('a thread that ends while it watches a device leaves nothing behind', async () => {
  const worker = new Worker(
    `import(${JSON.stringify(new URL('./dpdk.ts', import.meta.url).href)}).then(({ TapDevice }) => {
      const tap = new TapDevice({ name: ${JSON.stringify(name)}, kind: "tap" });
      tap.start(() => {});
      process.exit(0);
    });`,
    { eval: true },
  );
  await once(worker, 'exit');
  assert.ok(worker.threadId === -1);
});

function ip(...args: readonly string[]): void {
  execFileSync('ip', args);
}
