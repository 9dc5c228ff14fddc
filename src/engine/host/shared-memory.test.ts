import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { PACKET_BUFFERS } from '../layout.ts';
import { burstFunctions, ealCleanup, ealInit, poolCreate, poolPlace } from './dpdk.ts';
import { shareMemory } from './shared-memory.ts';

ealInit({ hugepages: false, memoryMegabytes: 64 });
const pool = poolCreate({ name: 'packets', count: 1023, dataRoom: 2176, cacheSize: 0 });
const { memory, mapping } = shareMemory(pool);
after(ealCleanup);

test('the pool has the same address modulo 2³² in both places', () => {
  const [ofEal, inMemory] = placesOfPool();
  assert.ok(ofEal !== undefined && inMemory !== undefined);
  assert.notEqual(ofEal, inMemory);
  assert.equal((ofEal - inMemory) % 2n ** 32n, 0n);
});

test('a packet of the pool is in the memory', () => {
  assert.ok(mapping.offset >= PACKET_BUFFERS);
  assert.equal(burstFunctions().alloc(0, 1), 1);
  const [packet = 0] = new Uint32Array(memory.buffer, 0, 1);
  const address = new DataView(memory.buffer).getBigUint64(packet, true);
  assert.equal(address - mapping.delta, BigInt(packet + 128));
  assert.equal(burstFunctions().free(0, 1), 1);
});

test('a place is the first one from an offset on', () => {
  assert.equal(poolPlace(memory, mapping.offset), mapping.offset);
  assert.equal(poolPlace(memory, mapping.offset - 4096), mapping.offset);
  assert.equal(poolPlace(memory, mapping.offset + 1), mapping.offset + 2 ** 32);
});

/** Addresses at which the pool's first byte lies: of the mapping that is as long as the pool, and where EAL has that of its file. */
function placesOfPool(): readonly bigint[] {
  const mappings = [
    ...readFileSync('/proc/self/maps', 'utf8').matchAll(/^(\w+)-(\w+) \S+ (\w+) \S+ (\d+)/gm),
  ].map(([, start, end, offset, inode]) => ({
    start: BigInt(`0x${start}`),
    end: BigInt(`0x${end}`),
    offset: BigInt(`0x${offset}`),
    inode,
  }));
  const second = mappings.find(
    ({ start, end, inode }) => inode !== '0' && end - start === BigInt(mapping.length),
  );
  const first = mappings.find((each) => each.inode === second?.inode && each !== second);
  return first && second ? [first.start + second.offset - first.offset, second.start] : [];
}
