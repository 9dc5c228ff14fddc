import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MODE_MEASURE, PACKET_BUFFERS, WORKER_AREAS, WORKER_BURST } from '../../engine/layout.ts';
import { etherFrame, ipv4Packet } from '../../net/frame/build.ts';
import { INTERFACE_RECORD_BYTES } from '../interface/layout.ts';
import { Topology } from './testing/topology.ts';

// Plain packets have a loop of their own, in which much of what stages ask is known (datapath/foresee.ts).

const topology = await Topology.open();
const { bench } = topology;
const [first, second] = topology.links;
const { foresee } = bench.tables<{ foresee(burst: number, packets: number): number }>(['foresee']);

/** What makes a plain packet another one, by the byte of its frame that is changed, and by how much. */
const changes: Readonly<Record<string, (frame: Uint8Array) => Uint8Array>> = {
  'another station': (frame) => withByte(frame, 5, 0x77),
  'a group': (frame) => withByte(frame, 0, 0x01),
  'another ethertype': (frame) => withByte(frame, 13, 0x06),
  'another version': (frame) => withByte(frame, 14, 0x65),
  options: (frame) => withByte(frame, 14, 0x46),
  'a wrong checksum': (frame) => withByte(frame, 24, (frame[24] ?? 0) ^ 1),
  'a wrong source': (frame) => withByte(frame, 29, (frame[29] ?? 0) ^ 0x80),
  'no time to live': (frame) => withTtl(frame, 0),
  'a time to live for us alone': (frame) => withTtl(frame, 1),
  'the other zero as its checksum': (frame) => withChecksum(withSumZero(frame), 0xffff),
  padding: (frame) => Uint8Array.of(...frame, 0),
  'less than it says': (frame) => frame.subarray(0, -1),
  'not even a header': (frame) => frame.subarray(0, 33),
  'a length less than a header': () => plain({ bytes: 0 }).map((byte, i) => (i === 17 ? 19 : byte)),
  'network 0 as its source': () => plain({ source: '0.1.2.3' }),
  'loopback as its source': () => plain({ source: '127.0.0.1' }),
  'a group as its source': () => plain({ source: '224.0.0.1' }),
  'a destination in network 0': () => plain({ destination: '0.0.0.1' }),
  'loopback as its destination': () => plain({ destination: '127.1.2.3' }),
  'a group as its destination': () => plain({ destination: '239.1.2.3' }),
  'everybody as its destination': () => plain({ destination: '255.255.255.255' }),
};

describe('of a burst', () => {
  it('as many packets at its start are foreseen as are plain, in fours', () => {
    for (const [packets, foreseen] of [
      [3, 0],
      [4, 4],
      [7, 4],
      [64, 64],
    ] as const) {
      assert.equal(foreseenOf(Array.from({ length: packets }, () => plain({}))), foreseen);
    }
  });

  for (const [name, change] of Object.entries(changes)) {
    it(`a packet with ${name} is not foreseen, nor one behind it`, () => {
      for (let place = 4; place < 8; place++) assert.equal(foreseenOf(spoilt(12, place, change)), 4);
    });
  }

  it('packets with the first and last addresses that are not special are foreseen', () => {
    for (const address of ['1.0.0.0', '126.255.255.255', '128.0.0.0', '223.255.255.255']) {
      const frames = [plain({ source: address }), plain({ destination: address }), plain({}), plain({})];
      assert.equal(foreseenOf(frames), 4, address);
    }
  });

  it('packets with any checksum that is right are foreseen, and with no other', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.nat(0xffff), (fields, checksum) => {
        const frame = plain({});
        for (const [i, at] of [18, 19, 20, 21, 28, 29, 32, 33].entries()) frame[at] = fields[i] ?? 0;
        const right = checksumOf(frame);
        assert.equal(foreseenOf([plain({}), withChecksum(frame, right), plain({}), plain({})]), 4);
        if (checksum === right) return;
        assert.equal(foreseenOf([plain({}), withChecksum(frame, checksum), plain({}), plain({})]), 0);
      }),
    );
  });

  it('what is not plain goes the way that it would go alone', () => {
    for (const [name, change] of Object.entries(changes)) {
      for (let place = 0; place < 9; place++) {
        const frames = spoilt(9, place, change);
        bench.mode = MODE_MEASURE;
        const slowly = bench.receive(first.port, frames);
        bench.mode = 0;
        const fast = bench.receive(first.port, frames);
        assert.deepEqual(fast.ended, slowly.ended, `${name} at ${place}`);
        assert.deepEqual(byContent(fast.sent), byContent(slowly.sent), `${name} at ${place}`);
      }
    }
  });

  it('packets that the port says something else of are not foreseen', () => {
    assert.equal(foreseenOf(Array(4).fill(plain({})), { olFlags: 1n << 7n }), 4);
    for (const bad of [3n, 4n]) {
      assert.equal(foreseenOf(Array(4).fill(plain({})), { olFlags: 1n << bad }), 0);
    }
    assert.equal(foreseenOf(Array(4).fill(plain({})), { olFlags: 1n << 7n, only: 2 }), 0);
  });

  it('nothing is foreseen where an interface is down', () => {
    const flags = bench.region('INTERFACES') + first.id * INTERFACE_RECORD_BYTES;
    const up = bench.view.getUint32(flags, true);
    bench.view.setUint32(flags, 0, true);
    assert.equal(foreseenOf(Array(4).fill(plain({}))), 0);
    bench.view.setUint32(flags, up, true);
  });
});

function plain({
  source = first.host.address4,
  destination = second.host.address4,
  bytes = 26,
}: {
  readonly source?: string;
  readonly destination?: string;
  readonly bytes?: number;
}): Uint8Array {
  const packet = ipv4Packet({ source, destination, protocol: 253 }, new Uint8Array(bytes));
  return etherFrame({ destination: first.mac, source: first.host.mac, etherType: 0x0800 }, packet);
}

function spoilt(count: number, place: number, change: (frame: Uint8Array) => Uint8Array): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => (i === place ? change(plain({})) : plain({})));
}

function withByte(frame: Uint8Array, at: number, value: number): Uint8Array {
  return frame.map((byte, i) => (i === at ? value : byte));
}

function withTtl(frame: Uint8Array, ttl: number): Uint8Array {
  const changed = withByte(frame, 22, ttl);
  return withChecksum(changed, checksumOf(changed));
}

/** The frame with an identification by which its checksum is zero. */
function withSumZero(frame: Uint8Array): Uint8Array {
  const checksum = checksumOf(withByte(withByte(frame, 18, 0), 19, 0));
  return withByte(withByte(frame, 18, checksum >> 8), 19, checksum & 0xff);
}

function withChecksum(frame: Uint8Array, checksum: number): Uint8Array {
  return withByte(withByte(frame, 24, checksum >> 8), 25, checksum & 0xff);
}

/** The checksum that a frame's header should have (RFC 1071). */
function checksumOf(frame: Uint8Array): number {
  let sum = 0;
  for (let at = 14; at < 34; at += 2) {
    if (at !== 24) sum += ((frame[at] ?? 0) << 8) | (frame[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

/** Lays a burst into memory as a port does; `olFlags` are those of all packets, or of `only` one. */
function foreseenOf(
  frames: readonly Uint8Array[],
  { olFlags = 0n, only }: { readonly olFlags?: bigint; readonly only?: number } = {},
): number {
  const { view } = bench;
  for (const [i, frame] of frames.entries()) {
    const mbuf = PACKET_BUFFERS + i * 4096;
    view.setUint32(WORKER_AREAS + WORKER_BURST + i * 4, mbuf, true);
    view.setUint16(mbuf + 16, 128, true); // data_off
    view.setUint16(mbuf + 18, 1, true); // refcnt
    view.setUint16(mbuf + 20, 1, true); // nb_segs
    view.setUint16(mbuf + 22, first.port, true);
    view.setBigUint64(mbuf + 24, only === undefined || only === i ? olFlags : 0n, true);
    view.setUint32(mbuf + 36, frame.length, true); // pkt_len
    view.setUint16(mbuf + 40, frame.length, true); // data_len
    new Uint8Array(bench.memory.buffer, mbuf + 256, frame.length).set(frame);
  }
  return foresee(WORKER_AREAS + WORKER_BURST, frames.length);
}

function byContent(sent: readonly { readonly port: number; readonly bytes: Uint8Array }[]): string[] {
  return sent.map(({ port, bytes }) => `${port} ${Buffer.from(bytes).toString('hex')}`).toSorted();
}
