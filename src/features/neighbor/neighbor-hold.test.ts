import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EVENT_SLOTS, WORKER_AREAS, WORKER_EVENTS } from '../../engine/layout.ts';
import { IFACE, LinkBench, VRF } from './testing/link-bench.ts';

const packet = Uint8Array.from({ length: 40 }, (_, i) => i);
const fields = { iface: IFACE, vrf: VRF, nextHop: 0x12345, etherType: 0x0008 };

describe('neighbor-hold', () => {
  it('gives a packet to the control thread, with its next hop and ethertype', async () => {
    const { bench } = await LinkBench.open();
    const outcome = bench.inject('neighbor-hold', packet, fields);
    assert.deepEqual(outcome.ended, { punted: 1 });
    const [event] = outcome.events;
    assert.ok(event);
    assert.deepEqual([event.stage, event.iface, event.vrf], ['neighbor-hold', IFACE, VRF]);
    assert.deepEqual(event.packet, packet);
    const view = new DataView(event.data.buffer, event.data.byteOffset);
    assert.deepEqual([view.getUint32(0, true), view.getUint16(4, true)], [0x12345, 0x0008]);
    assert.equal(bench.buffersOut, 0);
  });

  it('drops a packet when the control thread is too far behind', async () => {
    const { bench } = await LinkBench.open();
    bench.view.setUint32(WORKER_AREAS + WORKER_EVENTS, EVENT_SLOTS, true);
    assert.deepEqual(bench.inject('neighbor-hold', packet, fields).ended, { 'neighbor-queue-full': 1 });
    assert.deepEqual(bench.inject('neighbor-hold', packet, fields).ended, { punted: 1 });
  });
});
