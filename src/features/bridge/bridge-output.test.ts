import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { B, BRIDGE, BRIDGE_MAC, BROADCAST, BridgeBench, frame, portsOf } from './testing/bridge-bench.ts';

const STRANGER = '02:00:00:00:09:99';
const bridge = await BridgeBench.open();
bridge.put(B, 2);

describe('bridge-output', () => {
  it('takes frames of the bridge itself to the station, or to all members', () => {
    const send = (destination: string) =>
      bridge.bench.inject('bridge-output', frame(BRIDGE_MAC, destination), { iface: 9, output: BRIDGE });
    assert.deepEqual(portsOf(send(B)), [1]);
    assert.deepEqual(portsOf(send(STRANGER)), [0, 1, 2]);
    assert.deepEqual(portsOf(send(BROADCAST)), [0, 1, 2]);
  });

  it('drops them while the bridge is down', () => {
    bridge.set({ up: false });
    const outcome = bridge.bench.inject('bridge-output', frame(BRIDGE_MAC, B), { output: BRIDGE });
    assert.deepEqual(outcome.ended, { 'bridge-output-down': 1 });
  });
});
