import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { burstFunctions, ealCleanup, poolStats, portConfigure, portProbe, portStart } from './dpdk.ts';
import { startPacketWorld } from './dpdk-testing.ts';

// Bursts of plain packets are checked as a whole (native/plain.c), four and then one by one: 7 have both.

const world = startPacketWorld({ hugepages: false });
const { rx, tx, free } = burstFunctions();
const ring = portProbe('net_ring0');
portConfigure(ring);
portStart(ring);
after(ealCleanup);

const size = 7;
const places = [0, 1, 2, 3, 4, 5, 6];
const { offset, length, delta } = world.mapping;

test('a burst goes through a ring port and comes back as it was', () => {
  const packets = takeFrames();
  assert.equal(tx(ring, 0, world.sent, size), size);
  assert.equal(rx(ring, 0, world.received, 64), size);
  assert.deepEqual(world.array(world.received, size), packets);
  assert.equal(free(world.received, size), size);
});

for (const [what, bad] of [
  ['before the pool', offset - 128],
  ['where the pool starts', offset],
  ['behind the pool', offset + length],
  ['at the end of all', 0xffffffff],
] as const) {
  test(`an offset ${what} ends a burst where it stands`, () => {
    for (const place of places) {
      const packets = takeFrames();
      offsets()[place] = bad;
      assert.equal(tx(ring, 0, world.sent, size), place, `at ${place}`);
      offsets().set(packets);
      freeAll(place);
    }
  });
}

test('an offset inside a packet ends a burst where it stands', () => {
  for (const place of places) {
    const packets = takeFrames();
    offsets()[place] = (packets[place] ?? 0) + 64;
    assert.equal(tx(ring, 0, world.sent, size), place, `at ${place}`);
    offsets().set(packets);
    freeAll(place);
  }
});

const spoiled: readonly (readonly [what: string, at: number, bytes: 2 | 8, value: bigint])[] = [
  ['another buffer', 0, 8, delta],
  ['a wild start', 16, 2, 60000n],
  ['no holder', 18, 2, 0n],
  ['no segments', 20, 2, 0n],
  ['segments that are not there', 20, 2, 2n],
  ['the flag of an indirect buffer', 24, 8, 1n << 62n],
  ['the flag of an external buffer', 24, 8, 1n << 61n],
  ['a length of its segment alone', 40, 2, 61n],
  ['a length beyond its buffer', 40, 2, 60000n],
  ['another pool', 56, 8, delta],
  ['a wild next segment', 64, 8, 0xdead0000n],
];

for (const [what, at, bytes, value] of spoiled) {
  test(`a packet with ${what} ends a burst where it stands`, () => {
    for (const place of places) {
      const mbuf = mbufAt(takeFrames()[place] ?? 0);
      const good = bytes === 8 ? mbuf.getBigUint64(at, true) : BigInt(mbuf.getUint16(at, true));
      write(mbuf, at, bytes, value);
      assert.equal(tx(ring, 0, world.sent, size), place, `at ${place}`);
      write(mbuf, at, bytes, good);
      freeAll(place);
    }
  });
}

test('a packet that another holds, too, goes out with its burst', () => {
  for (const place of places) {
    const packet = takeFrames()[place] ?? 0;
    mbufAt(packet).setUint16(18, 2, true); // refcnt
    assert.equal(tx(ring, 0, world.sent, size), size, `at ${place}`);
    assert.equal(rx(ring, 0, world.received, 64), size);
    mbufAt(packet).setUint16(18, 1, true);
    assert.equal(free(world.received, size), size);
  }
});

function takeFrames(): readonly number[] {
  const packets = world.take(size);
  for (const packet of packets) {
    mbufAt(packet).setUint32(36, 60, true); // pkt_len
    mbufAt(packet).setUint16(40, 60, true); // data_len
  }
  return packets;
}

function offsets(): Uint32Array {
  return new Uint32Array(world.memory.buffer, world.sent, size);
}

function mbufAt(packet: number): DataView {
  return new DataView(world.memory.buffer, packet, 128);
}

function write(mbuf: DataView, at: number, bytes: 2 | 8, value: bigint): void {
  if (bytes === 8) mbuf.setBigUint64(at, value, true);
  else mbuf.setUint16(at, Number(value), true);
}

/** Gives back a burst of which the first packets have gone through the ring. */
function freeAll(gone: number): void {
  assert.equal(rx(ring, 0, world.received, 64), gone);
  assert.equal(free(world.received, gone), gone);
  assert.equal(free(world.sent + 4 * gone, size - gone), size - gone);
  assert.equal(poolStats().inUse, 0);
}
