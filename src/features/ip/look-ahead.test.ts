import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CONTROL_LOOK_AHEAD, MAX_WORKERS, WORKER_AREAS } from '../../engine/layout.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { Topology } from './testing/topology.ts';

const topology = await Topology.open();
const { bench } = topology;
const [first, second] = topology.links;

interface Tables {
  newFib(): number;
  retireFib(root: number): void;
  newEpoch(): number;
  reclaim(): number;
}

describe('looking ahead', () => {
  it('begins when the tables have outgrown the cache, and ends when they have shrunk', () => {
    const tables = bench.tables<Tables>(['newFib', 'retireFib', 'newEpoch', 'reclaim']);
    for (let worker = 0; worker < MAX_WORKERS; worker++) {
      bench.view.setUint32(WORKER_AREAS + worker * bench.region('WORKER_STRIDE'), 0xffffffff, true);
    }
    assert.equal(isOn(), false);
    const roots = Array.from({ length: 40 }, () => tables.newFib()); // 256 KiB each
    assert.equal(isOn(), true);
    for (const root of roots) tables.retireFib(root);
    tables.newEpoch();
    tables.reclaim();
    assert.equal(isOn(), false);
  });

  it('makes no difference to any packet', () => {
    fc.assert(
      fc.property(fc.array(frame(), { minLength: 1, maxLength: 64 }), (frames) => {
        turn(false);
        const without = bench.receive(first.port, frames);
        turn(true);
        const ahead = bench.receive(first.port, frames);
        turn(false);
        assert.deepEqual(ahead.ended, without.ended);
        assert.deepEqual(
          ahead.sent.map(({ port, bytes }) => ({ port, bytes })),
          without.sent.map(({ port, bytes }) => ({ port, bytes })),
        );
      }),
    );
  });
});

function isOn(): boolean {
  return bench.view.getUint32(CONTROL_LOOK_AHEAD, true) === 1;
}

function turn(on: boolean): void {
  bench.view.setUint32(CONTROL_LOOK_AHEAD, on ? 1 : 0, true);
}

/** Packets that are routed, and frames of any bytes and lengths, of IP by their ethertype or not. */
function frame(): fc.Arbitrary<Uint8Array> {
  const ends = { source: first.host.mac, destination: first.mac };
  const payload = udpDatagram({ source: 1, destination: 2 }, new Uint8Array(18));
  const addresses = { source: first.host.address4, destination: second.host.address4 };
  const routed = fc
    .integer({ min: 0, max: 255 })
    .map((ttl) =>
      etherFrame({ ...ends, etherType: 0x0800 }, ipv4Packet({ ...addresses, ttl, protocol: 17 }, payload)),
    );
  const anything = fc
    .record({
      etherType: fc.constantFrom(0x0800, 0x86dd, 0x0806, 0x88cc),
      bytes: fc.uint8Array({ minLength: 0, maxLength: 80 }),
    })
    .map(({ etherType, bytes }) => etherFrame({ ...ends, etherType }, bytes));
  return fc.oneof(routed, anything);
}
