import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TX_MAX, WORKER_AREAS, WORKER_QUEUE_COUNT } from '../../engine/layout.ts';
import { etherFrame, ipv4Packet, ipv6Packet } from '../../net/frame/build.ts';
import { INTERFACE_RECORD_BYTES } from '../interface/layout.ts';
import { type Link, Topology } from './testing/topology.ts';

// What packets of a burst have in common is looked up once (engine/compiler/remembered.ts): these have it not.

const {
  links: [first, second, third],
} = await Topology.open();

describe('a burst', () => {
  it('leaves by all the interfaces that its packets are routed to, in order', async () => {
    const topology = await Topology.open();
    const ways = [second, third, second, second, third, first, second, third];
    const { sent } = topology.bench.receive(
      first.port,
      ways.map((to, i) => frame4(first, to, i)),
    );
    for (const link of [first, second, third]) {
      const numbers = sent.filter(({ port }) => port === link.port).map(({ bytes }) => bytes[19]);
      assert.deepEqual(
        numbers,
        [...ways.keys()].filter((i) => ways[i] === link),
      );
    }
  });

  it('leaves whole, in order, where the bursts of a round are more than is gathered for a port', async () => {
    const { bench } = await Topology.open();
    bench.view.setUint32(WORKER_AREAS + WORKER_QUEUE_COUNT, 2, true);
    const frames = Array.from({ length: TX_MAX + 40 }, (_, i) =>
      frame4(first, i % 7 === 3 ? second : third, i),
    );
    const { sent } = bench.receive(first.port, frames);
    for (const link of [second, third]) {
      const numbers = sent.filter(({ port }) => port === link.port).map(({ bytes }) => bytes[19]);
      assert.deepEqual(
        numbers,
        [...frames.keys()].filter((i) => (i % 7 === 3 ? second : third) === link),
      );
    }
  });

  it('is counted at each interface, whatever of it took which way', async () => {
    const topology = await Topology.open();
    const ways = [second, third, second, second, third, first];
    const frames = ways.flatMap((to, i) => [frame4(first, to, i), frame6(first, to)]);
    for (let burst = 0; burst < 3; burst++) topology.bench.receive(first.port, frames);
    const bytes = (to: Link) => (frame4(first, to, 0).length + frame6(first, to).length) * 3;
    assert.deepEqual(counted(topology, first), {
      rx: [36n, BigInt(6 * bytes(first))],
      tx: [6n, BigInt(bytes(first))],
    });
    assert.deepEqual(counted(topology, second), { rx: [0n, 0n], tx: [18n, BigInt(3 * bytes(second))] });
    assert.deepEqual(counted(topology, third), { rx: [0n, 0n], tx: [12n, BigInt(2 * bytes(third))] });
  });

  it('is counted with the bytes of each packet, where some leave it on the way', async () => {
    const topology = await Topology.open();
    const [to2, to3, unknown] = [second.host.address4, third.host.address4, '10.0.2.77'];
    const ways = [to2, unknown, to3, to2, second.address4, to2, to3, '9.9.9.9'];
    const frames = ways.map((destination, i) => frameTo(first, destination, { bytes: 20 + 100 * i }));
    for (let burst = 0; burst < 2; burst++) topology.bench.receive(first.port, frames);
    const count = (chosen: readonly Uint8Array[]) => [
      BigInt(2 * chosen.length),
      BigInt(2 * chosen.reduce((sum, { length }) => sum + length, 0)),
    ];
    assert.deepEqual(counted(topology, first).rx, count(frames));
    for (const [link, destination] of [
      [second, to2],
      [third, to3],
    ] as const) {
      assert.deepEqual(counted(topology, link).tx, count(frames.filter((_, i) => ways[i] === destination)));
    }
  });

  it('may have come by several ports', async () => {
    const topology = await Topology.open();
    for (const from of [first, second, first, third])
      topology.bench.arrive(from.port, [frame4(from, third, 1)]);
    const { sent, ended } = topology.bench.run();
    assert.deepEqual([sent.length, ended], [4, { sent: 4 }]);
    assert.equal(counted(topology, first).rx[0], 2n);
    assert.equal(counted(topology, second).rx[0], 1n);
    assert.equal(counted(topology, third).rx[0], 1n);
    assert.equal(counted(topology, third).tx[0], 4n);
  });

  it('knows nothing of what an interface was in the one before', async () => {
    const topology = await Topology.open();
    const { bench } = topology;
    const receive = () => bench.receive(first.port, [frame4(first, third, 1), frame4(first, third, 2)]);
    assert.deepEqual(receive().ended, { sent: 2 });
    const flags = bench.region('INTERFACES') + third.id * INTERFACE_RECORD_BYTES;
    const up = bench.view.getUint32(flags, true);
    bench.view.setUint32(flags, 0, true);
    assert.deepEqual(receive().ended, { 'output-down': 2 });
    bench.view.setUint32(flags, up, true);
    bench.view.setUint16(flags + 8, 9, true); // port
    assert.deepEqual(
      receive().sent.map(({ port }) => port),
      [9, 9],
    );
  });
});

function frame4(from: Link, to: Link, identification: number): Uint8Array {
  return frameTo(from, to.host.address4, { identification });
}

function frameTo(
  from: Link,
  destination: string,
  { identification = 0, bytes = 40 }: { readonly identification?: number; readonly bytes?: number },
): Uint8Array {
  const fields = { source: from.host.address4, destination, protocol: 253, identification };
  const packet = ipv4Packet(fields, new Uint8Array(bytes));
  return etherFrame({ destination: from.mac, source: from.host.mac, etherType: 0x0800 }, packet);
}

function frame6(from: Link, to: Link): Uint8Array {
  const [source, destination] = [from.host.address6, to.host.address6];
  const packet = ipv6Packet({ source, destination, nextHeader: 253 }, new Uint8Array(17));
  return etherFrame({ destination: from.mac, source: from.host.mac, etherType: 0x86dd }, packet);
}

/** Packets and bytes that the worker has counted of an interface. */
function counted(topology: Topology, { id }: Link) {
  const { view } = topology.bench;
  const stats = WORKER_AREAS + topology.bench.region('INTERFACE_STATS_OFFSET') + id * INTERFACE_RECORD_BYTES;
  const at = (offset: number) => view.getBigUint64(stats + offset, true);
  return { rx: [at(0), at(8)], tx: [at(16), at(24)] };
}
