import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { A, B, BridgeBench, C, frame, portsOf } from './testing/bridge-bench.ts';

const STRANGER = '02:00:00:00:09:99';
const bridge = await BridgeBench.open();
bridge.put(A, 1);
bridge.put(B, 2);
bridge.put(C, 1);

describe('bridge-forward', () => {
  it('drops what is for a station behind the member that it comes from', () => {
    assert.deepEqual(bridge.receive(1, frame(A, C)).ended, { 'bridge-same-member': 1 });
  });

  it('drops what is for unknown stations where the bridge does not flood', () => {
    assert.deepEqual(portsOf(bridge.receive(1, frame(A, STRANGER))), [1, 2]);
    bridge.set({ flood: false });
    assert.deepEqual(bridge.receive(1, frame(A, STRANGER)).ended, { 'bridge-unknown-unicast': 1 });
    assert.deepEqual(portsOf(bridge.receive(1, frame(A, B))), [1]);
    assert.deepEqual(portsOf(bridge.receive(1, frame(A, '01:00:5e:00:00:09'))), [1, 2]);
    bridge.set();
  });

  it('drops what is longer than the MTU of its member', () => {
    bridge.setMember(2, { mtu: 1300 });
    assert.deepEqual(portsOf(bridge.receive(1, frame(A, B, 1304))), [1]);
    assert.deepEqual(bridge.receive(1, frame(A, B, 1305)).ended, { 'bridge-too-big': 1 });
    bridge.setMember(2);
  });
});
