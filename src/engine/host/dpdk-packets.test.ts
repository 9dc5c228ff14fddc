import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import {
  burstFunctions,
  burstStats,
  ealCleanup,
  poolCreate,
  poolMap,
  poolStats,
  portClose,
  portConfigure,
  portProbe,
  portStart,
  portStop,
} from './dpdk.ts';
import { startPacketWorld, TABLES } from './dpdk-testing.ts';

const world = startPacketWorld({ hugepages: false });
const { rx, tx, alloc, free } = burstFunctions();
const mbuf = (offset: number) => new DataView(world.memory.buffer, offset, 128);
const ring = portProbe('net_ring0');
portConfigure(ring);
portStart(ring);
after(ealCleanup);

test('a fresh packet is an mbuf that both sides see', () => {
  const [packet = 0] = world.take(1);
  const view = mbuf(packet);
  assert.equal(view.getBigUint64(0, true) - world.mapping.delta, BigInt(packet + 128)); // buf_addr
  assert.equal(view.getUint16(16, true), 128); // data_off
  assert.equal(view.getUint16(20, true), 1); // nb_segs
  assert.equal(free(world.sent, 1), 1);
});

test('packets go through a ring port and come back with their bytes', () => {
  const packets = world.take(4);
  packets.forEach((packet, index) => {
    writeFrame(packet, 60 + index);
  });
  assert.equal(tx(ring, 0, world.sent, 4), 4);
  assert.equal(rx(ring, 0, world.received, 64), 4);
  assert.deepEqual(world.array(world.received, 4), packets);
  assert.deepEqual(
    packets.map((packet) => mbuf(packet + 256).getUint8(0)),
    [60, 61, 62, 63],
  );
  assert.equal(free(world.received, 4), 4);
  assert.equal(poolStats().inUse, 0);
});

test('offsets that are no packets are refused and counted', () => {
  const [packet = 0] = world.take(1);
  const { offset, length } = world.mapping;
  const wild = [0, packet + 1, packet + 64, packet - 128, offset - 128, offset + length, 0xffffffff, offset];
  const refused = burstStats();
  for (const bad of wild) {
    new Uint32Array(world.memory.buffer, world.received, 1)[0] = bad;
    assert.equal(tx(ring, 0, world.received, 1), 0, `tx ${bad}`);
    assert.equal(free(world.received, 1), 0, `free ${bad}`);
  }
  assert.equal(burstStats().txRefused - refused.txRefused, wild.length);
  assert.equal(burstStats().freeRefused - refused.freeRefused, wild.length);
  assert.equal(free(world.sent, 1), 1);
});

test('an mbuf with a wild pointer or length in it is refused', () => {
  const [packet = 0] = world.take(1);
  const spoiled: readonly (readonly [at: number, bytes: 2 | 8, value: bigint])[] = [
    [0, 8, 0xdeadbeefn], // buf_addr
    [8, 8, 0xdeadbeefn], // buf_iova
    [8, 8, 0n],
    [18, 2, 0n], // refcnt
    [20, 2, 2n], // nb_segs without a chain
    [56, 8, 0xdead0000n], // pool
    [64, 8, 0xdead0000n], // next
    [64, 8, world.mapping.delta + BigInt(packet)], // next is itself
    [36, 2, 1n], // pkt_len that is not data_len
    [40, 2, 60000n], // data_len
  ];
  for (const [at, bytes, value] of spoiled) {
    const view = mbuf(packet);
    const good = bytes === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint16(at, true));
    const write = (number: bigint) =>
      bytes === 8 ? view.setBigUint64(at, number, true) : view.setUint16(at, Number(number), true);
    write(value);
    assert.equal(tx(ring, 0, world.sent, 1), 0, `tx with ${value} at ${at}`);
    if (at !== 36 && at !== 40) assert.equal(free(world.sent, 1), 0, `free with ${value} at ${at}`);
    write(good);
  }
  assert.equal(free(world.sent, 1), 1);
});

test('a packet whose buffer devices would look for elsewhere is refused among others, too', () => {
  const packets = world.take(8);
  for (const packet of packets) writeFrame(packet, 60);
  const view = mbuf(packets[5] ?? 0);
  const good = view.getBigUint64(8, true);
  view.setBigUint64(8, good + 64n, true);
  assert.equal(tx(ring, 0, world.sent, 8), 5);
  assert.equal(rx(ring, 0, world.received, 64), 5);
  assert.equal(free(world.received, 5), 5);
  view.setBigUint64(8, good, true);
  assert.equal(free(world.sent + 5 * 4, 3), 3);
  assert.equal(poolStats().inUse, 0);
});

test('a wish about headers that are not in the packet is refused', () => {
  const [packet = 0] = world.take(1);
  writeFrame(packet, 60);
  const view = mbuf(packet);
  const [checksum, lengths] = [3n << 52n, (lengthOfL3: bigint) => 14n | (lengthOfL3 << 7n)]; // UDP's
  view.setBigUint64(24, checksum, true);
  view.setBigUint64(72, lengths(47n), true);
  assert.equal(tx(ring, 0, world.sent, 1), 0);
  view.setBigUint64(72, lengths(46n), true);
  assert.equal(tx(ring, 0, world.sent, 1), 1);
  assert.equal(rx(ring, 0, world.received, 64), 1);
  view.setBigUint64(24, 0n, true);
  assert.equal(free(world.received, 1), 1);
});

test('a chain of two packets is sent, received and freed as one', () => {
  const [first = 0, second = 0] = world.take(2);
  writeFrame(first, 60);
  writeFrame(second, 60);
  mbuf(first).setBigUint64(64, world.mapping.delta + BigInt(second), true);
  mbuf(first).setUint16(20, 2, true);
  mbuf(first).setUint32(36, 121, true);
  assert.equal(tx(ring, 0, world.sent, 1), 0);
  mbuf(first).setUint32(36, 120, true);
  assert.equal(tx(ring, 0, world.sent, 1), 1);
  assert.equal(rx(ring, 0, world.received, 64), 1);
  assert.equal(free(world.received, 1), 1);
  assert.equal(poolStats().inUse, 0);
});

test('strange ports, queues, arrays and counts get nothing', () => {
  const size = world.memory.buffer.byteLength;
  const arrays: readonly (readonly [number, number])[] = [
    [size, 1],
    [size - 4, 2],
    [-4, 8],
    [4097, 1],
    [0xfffffffc, 0xffffffff],
  ];
  for (const [array, count] of arrays) {
    assert.equal(rx(ring, 0, array, count), 0);
    assert.equal(tx(ring, 0, array, count), 0);
    assert.equal(alloc(array, count), 0);
    assert.equal(free(array, count), 0);
  }
  for (const [port, queue] of [
    [31, 0],
    [32, 0],
    [-1, 0],
    [ring, 1],
    [ring, -1],
    [Number.NaN, 99],
  ] as const) {
    assert.equal(rx(port, queue, world.received, 8), 0);
    assert.equal(tx(port, queue, world.received, 8), 0);
  }
});

test('a stopped port gives and takes nothing', () => {
  portStop(ring);
  world.take(1);
  assert.equal(rx(ring, 0, world.received, 8), 0);
  assert.equal(tx(ring, 0, world.sent, 1), 0);
  assert.equal(free(world.sent, 1), 1);
  portStart(ring);
});

test('an empty pool gives none instead of some', () => {
  const all = poolStats().count;
  const held: number[] = [];
  for (let got = world.take(64); got.length > 0; got = world.take(64)) held.push(...got);
  for (let got = world.take(1); got.length > 0; got = world.take(1)) held.push(...got);
  assert.equal(new Set(held).size, all);
  new Uint32Array(world.memory.buffer, 16384, all).set(held);
  assert.equal(free(16384, all), all);
  assert.equal(poolStats().inUse, 0);
});

test('a null port makes and swallows packets', () => {
  const port = portProbe('net_null0,size=64');
  portConfigure(port);
  portStart(port);
  assert.equal(rx(port, 0, world.received, 32), 32);
  assert.equal(tx(port, 0, world.received, 32), 32);
  portClose(port);
  assert.equal(poolStats().inUse, 0);
});

test('the kernel may make huge pages of the tables before the pool, where it has them at all', () => {
  const offered = existsSync('/sys/kernel/mm/transparent_hugepage');
  assert.equal(markedKibibytes(), offered ? (world.mapping.offset - TABLES) / 1024 : 0);
});

test('the process has one pool, mapped once', () => {
  const second = { name: 'more', count: 63, dataRoom: 2176, cacheSize: 0 };
  assert.throws(() => poolCreate(second), { code: 'EBUSY' });
  assert.throws(() => poolMap(world.memory, 0, 0), { code: 'EBUSY' });
});

/** KiB of this process's memory that are marked with MADV_HUGEPAGE. */
function markedKibibytes(): number {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return mappings
    .filter((mapping) => /^VmFlags:.* hg( |$)/m.test(mapping))
    .reduce((sum, mapping) => sum + Number(/^Size:\s+(\d+)/m.exec(mapping)?.[1]), 0);
}

function writeFrame(packet: number, bytes: number): void {
  mbuf(packet).setUint32(36, bytes, true);
  mbuf(packet).setUint16(40, bytes, true);
  new Uint8Array(world.memory.buffer, packet + 256, bytes).fill(bytes);
}
