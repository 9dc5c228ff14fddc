import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INJECT_SLOTS, WORKER_AREAS } from '../layout.ts';
import { type PacketHandle, Packets } from './packets.ts';

test('a packet that is injected ends the sleep of its worker, and one that nobody waits for does not', () => {
  const woken: number[] = [];
  const packets = packetsOf((worker) => woken.push(worker));
  assert.equal(packets.injectUnhurried(packet, 7, {}), true);
  assert.deepEqual([woken, INJECT_SLOTS - packets.room], [[], 1]);
  assert.equal(packets.inject(packet, 7, {}), true);
  assert.deepEqual([woken, INJECT_SLOTS - packets.room], [[0], 2]);
});

/** A packet's buffer in memory that nothing else uses. */
const packet = 64 as PacketHandle;

function packetsOf(wake: (worker: number) => void): Packets {
  const workerStride = 1 << 20;
  const memory = new Uint8Array(new SharedArrayBuffer(WORKER_AREAS + workerStride));
  const host = { alloc: () => 0, free: () => {} };
  const packets = new Packets({ memory, host, delta: 0n, workerStride, wake });
  packets.target = 0;
  return packets;
}
