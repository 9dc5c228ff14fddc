import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CONTROL_LOOK_AHEAD } from '../../engine/layout.ts';
import { LOOK_AHEAD_FDB, LOOK_AHEAD_STATIONS } from './layout.ts';
import { A, B, BROADCAST, BridgeBench, C, frame, tagged } from './testing/bridge-bench.ts';

const bridge = await BridgeBench.open();
bridge.put(A, 1);
bridge.put(B, 2);

it('looks ahead while there are many stations, and it makes no difference to any frame', () => {
  const frames = [
    frame(A, B),
    frame(A, C),
    frame(A, BROADCAST),
    tagged(A, B, 7),
    frame(A, B).subarray(0, 13),
  ];
  const outcomes = () =>
    frames.map((each) => bridge.receive(1, each)).map((each) => ({ ...each, events: [] }));
  const before = outcomes();
  bridge.fdb.setState(0, false, LOOK_AHEAD_STATIONS + 1);
  assert.equal(bits() & LOOK_AHEAD_FDB, LOOK_AHEAD_FDB);
  assert.deepEqual(outcomes(), before);
  bridge.fdb.setState(0, false, LOOK_AHEAD_STATIONS);
  assert.equal(bits() & LOOK_AHEAD_FDB, 0);
});

function bits(): number {
  return bridge.bench.view.getUint32(CONTROL_LOOK_AHEAD, true);
}
