import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { etherFrame } from '../../net/frame/build.ts';
import { handedOver, openHostBench } from './testing/host-bench.ts';

const topology = await openHostBench();
const { bench } = topology;
const [first] = topology.links;
const payload = new Uint8Array(60).fill(7);

describe('a frame to a group that no stage takes', () => {
  it('goes to the host as it came', () => {
    const groups = [
      ['01:80:c2:00:00:0e', 0x88cc], // LLDP
      ['01:80:c2:00:00:02', 0x8809], // LACP
      ['01:80:c2:00:00:14', 60], // IS-IS: a length, and LLC behind it
      ['ff:ff:ff:ff:ff:ff', 0x88b5],
    ] as const;
    for (const [destination, etherType] of groups) {
      const frame = etherFrame({ destination, source: first.host.mac, etherType }, payload);
      const { stage, iface, packet } = handedOver(bench.receive(first.port, [frame]));
      assert.deepEqual([stage, iface], ['host-frame', first.id]);
      assert.deepEqual(packet, frame);
    }
  });

  it('is dropped when it has a VLAN tag', () => {
    for (const etherType of [0x8100, 0x88a8]) {
      const frame = etherFrame(
        { destination: 'ff:ff:ff:ff:ff:ff', source: first.host.mac, etherType },
        payload,
      );
      assert.deepEqual(bench.receive(first.port, [frame]).ended, { 'host-frame-tagged': 1 });
    }
  });
});

describe('a frame to us that no stage takes', () => {
  it('is dropped', () => {
    const frame = etherFrame({ destination: first.mac, source: first.host.mac, etherType: 0x88cc }, payload);
    assert.deepEqual(bench.receive(first.port, [frame]).ended, { 'ether-unknown-type': 1 });
  });
});
