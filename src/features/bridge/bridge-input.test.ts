import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMac } from '../../net/mac.ts';
import {
  A,
  B,
  BRIDGE,
  BRIDGE_MAC,
  BridgeBench,
  C,
  frame,
  heardIn,
  portsOf,
  tagged,
} from './testing/bridge-bench.ts';

const STRANGER = '02:00:00:00:09:99';
const FAR = '02:00:00:00:09:77';
const FURTHER = '02:00:00:00:09:55';
const bridge = await BridgeBench.open();
bridge.put(A, 1);
bridge.put(B, 2);

describe('bridge-input', () => {
  it('sends what is for a known station to its member alone, as it came', () => {
    const sent = frame(A, B);
    const outcome = bridge.receive(1, sent);
    assert.deepEqual(portsOf(outcome), [1]);
    assert.deepEqual(outcome.sent[0]?.bytes, sent);
    assert.deepEqual(outcome.events, []);
  });

  it('tells a new station once in a second, with the member that it is behind', () => {
    const outcome = bridge.receive(3, frame(C, A));
    assert.deepEqual(portsOf(outcome), [0]);
    const heard = { bridge: BRIDGE, mac: parseMac(C), vlan: 0, iface: 3, far: 0, origin: 'learn' };
    assert.deepEqual(heardIn(outcome), [heard]);
    assert.deepEqual(bridge.receiveOnce(3, frame(C, A)).events, []);
    bridge.fdb.setState(1, false);
    assert.deepEqual(heardIn(bridge.receiveOnce(3, frame(C, A))), [heard]);
  });

  it('tells a station that has moved, but not one that a user has bound', () => {
    bridge.put(STRANGER, 2);
    assert.deepEqual(
      heardIn(bridge.receiveOnce(3, frame(STRANGER, A))).map(({ iface }) => iface),
      [3],
    );
    bridge.put(STRANGER, 2, { origin: 'static' });
    bridge.fdb.setState(2, false);
    assert.deepEqual(bridge.receiveOnce(3, frame(STRANGER, A)).events, []);
  });

  it('tells stations of two VLANs apart, and passes tags unchanged', () => {
    bridge.put(B, 3, { vlan: 7 });
    const sent = tagged(A, B, 7);
    const outcome = bridge.receive(1, sent);
    assert.deepEqual(portsOf(outcome), [2]);
    assert.deepEqual(outcome.sent[0]?.bytes, sent);
    assert.deepEqual(portsOf(bridge.receive(1, frame(A, B))), [1]);
    assert.deepEqual(portsOf(bridge.receive(1, tagged(A, B, 8))), [1, 2]);
  });

  it('keeps apart the far ends of a tunnel', () => {
    bridge.setMember(3, { farEnds: true });
    bridge.put(FAR, 3, { far: 7 });
    const receive = (note: number) => bridge.bench.inject('bridge-input', frame(FAR, A), { iface: 3, note });
    assert.deepEqual(receive(7).events, []);
    assert.deepEqual(
      heardIn(receive(8)).map(({ iface, far }) => ({ iface, far })),
      [{ iface: 3, far: 8 }],
    );
    bridge.setMember(3);
  });

  it('learns nobody with learning off, and nobody new when the table is full', () => {
    bridge.set({ learn: false });
    bridge.fdb.setState(3, false);
    assert.deepEqual(bridge.receive(3, frame('02:00:00:00:09:01', A)).events, []);
    bridge.set();
    bridge.fdb.setState(3, true);
    assert.deepEqual(bridge.receive(3, frame('02:00:00:00:09:02', A)).events, []);
    bridge.fdb.setState(3, false);
  });

  it('notes the second in which a known station was heard', () => {
    bridge.fdb.setState(100, false);
    bridge.put(A, 1);
    bridge.fdb.setState(130, false);
    const ageOf = () =>
      bridge.fdb.age(bridge.fdb.find({ bridge: BRIDGE, mac: parseMac(A), vlan: 0 })?.place ?? 0);
    assert.equal(ageOf(), 30);
    bridge.receive(1, frame(A, B));
    assert.equal(ageOf(), 0);
    assert.equal(bridge.fdb.nextSilent(0), undefined); // the control thread looks, every second
    bridge.fdb.setState(135, false);
    assert.equal(ageOf(), 5);
    bridge.set({ learn: false });
    bridge.fdb.setState(140, false);
    bridge.receiveOnce(1, frame(A, '02:00:00:00:09:03'));
    assert.equal(bridge.fdb.nextSilent(0), undefined);
    bridge.fdb.setState(141, false);
    assert.equal(ageOf(), 1);
    bridge.set();
  });

  it('drops what no station can have sent, what has come back, and what is too short', () => {
    assert.deepEqual(bridge.receive(1, frame('03:00:00:00:00:01', B)).ended, { 'bridge-bad-source': 1 });
    assert.deepEqual(bridge.receive(1, frame('00:00:00:00:00:00', B)).ended, { 'bridge-bad-source': 1 });
    assert.deepEqual(bridge.receive(1, frame(BRIDGE_MAC, B)).ended, { 'bridge-own-source': 1 });
    assert.deepEqual(bridge.receive(1, frame(A, B).subarray(0, 13)).ended, { 'bridge-truncated': 1 });
  });

  it('drops everything while the bridge is down', () => {
    bridge.set({ up: false });
    assert.deepEqual(bridge.receive(1, frame(A, B)).ended, { 'bridge-down': 1 });
    bridge.set();
  });

  it('does not pass on what is for one link alone', () => {
    for (const last of ['00', '03', '0e', '0f']) {
      const outcome = bridge.receive(1, frame(A, `01:80:c2:00:00:${last}`));
      assert.deepEqual(outcome.ended, { 'bridge-link-local': 1 });
    }
    assert.equal(bridge.receive(1, frame(A, '01:80:c2:00:00:10')).sent.length, 2);
  });

  it('gives what is for a further address of the bridge to its own stages, and takes nothing from there', () => {
    const further = parseMac(FURTHER);
    bridge.furtherMacs.add(BRIDGE, further);
    assert.deepEqual(bridge.receive(1, frame(A, FURTHER)).ended, { 'ether-unknown-type': 1 });
    assert.deepEqual(bridge.receive(1, frame(FURTHER, B)).ended, { 'bridge-own-source': 1 });
    bridge.furtherMacs.delete(BRIDGE, further);
  });

  it('gives what is for the bridge itself to its own stages', () => {
    assert.deepEqual(bridge.receive(1, frame(A, BRIDGE_MAC)).ended, { 'ether-unknown-type': 1 });
    assert.equal(bridge.bench.stagePackets('ether-input') > 0, true);
  });
});
