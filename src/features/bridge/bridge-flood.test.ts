import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WORKER_AREAS } from '../../engine/layout.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { A, BRIDGE, BROADCAST, BridgeBench, frame, portsOf } from './testing/bridge-bench.ts';

const STRANGER = '02:00:00:00:09:99';
const bridge = await BridgeBench.open();
bridge.put(A, 1);

describe('bridge-flood', () => {
  it('sends broadcasts to all members but the one they came by, and to the bridge itself', () => {
    const sent = frame(A, BROADCAST);
    const outcome = bridge.receive(1, sent);
    assert.deepEqual(portsOf(outcome), [1, 2]);
    assert.deepEqual(
      outcome.sent.map(({ bytes }) => bytes),
      [sent, sent],
    );
    assert.deepEqual(outcome.ended, { sent: 2, 'ether-unknown-type': 1 });
  });

  it('leaves out members that are down or whose MTU is too small, which count it as an error', () => {
    const before = errorsOf(2);
    bridge.setMember(2, { up: false });
    assert.deepEqual(portsOf(bridge.receive(1, frame(A, BROADCAST))), [2]);
    bridge.setMember(2, { mtu: 1280 });
    assert.deepEqual(portsOf(bridge.receiveOnce(1, frame(A, BROADCAST, 1400))), [2]);
    assert.equal(errorsOf(2) - before, 1n);
    assert.equal(errorsOf(3), 0n);
    bridge.setMember(2);
  });

  it('copies frames that lie in several buffers', () => {
    const sent = frame(A, BROADCAST, 1400);
    const outcome = bridge.bench.receive(0, [sent], { segmentBytes: 300 });
    assert.equal(bridge.bench.buffersOut, 0);
    assert.deepEqual(
      outcome.sent.map(({ bytes }) => bytes),
      [sent, sent],
    );
  });

  it('finishes a checksum that the sender has left out in every copy', () => {
    const ends = { source: '10.0.0.1', destination: '10.0.0.255' };
    const broadcast = (withChecksum: boolean) => {
      const right = udpDatagram({ source: 7, destination: 9 }, new Uint8Array(20).fill(1), ends);
      const datagram = right.slice();
      if (!withChecksum) datagram.fill(0x12, 6, 8);
      const packet = ipv4Packet({ ...ends, protocol: 17 }, datagram);
      return etherFrame({ destination: BROADCAST, source: A, etherType: 0x0800 }, packet);
    };
    const bothBits = (1n << 3n) | (1n << 8n);
    const { sent } = bridge.bench.receive(0, [broadcast(false)], { olFlags: bothBits });
    assert.deepEqual(
      sent.map(({ bytes }) => bytes),
      [broadcast(true), broadcast(true)],
    );
  });

  it('never sends from one tunnel to another', () => {
    bridge.setMember(1, { farEnds: true });
    bridge.setMember(2, { farEnds: true });
    assert.deepEqual(portsOf(bridge.receive(1, frame(A, BROADCAST))), [2]);
    bridge.setMember(1);
    assert.deepEqual(portsOf(bridge.receive(1, frame(A, BROADCAST))), [1, 2]);
    bridge.setMember(2);
  });

  it('sends what it can when buffers run out', () => {
    bridge.bench.starve(0, () => {
      const outcome = bridge.bench.receive(0, [frame(A, STRANGER)]);
      assert.equal(outcome.sent.length, 1);
    });
    assert.equal(bridge.bench.buffersOut, 0);
  });

  it('drops what nobody else could take', () => {
    bridge.bridges.writeMembers(BRIDGE, [1]);
    assert.deepEqual(bridge.receive(1, frame(A, STRANGER)).ended, { 'bridge-nobody': 1 });
    bridge.bridges.writeMembers(BRIDGE, [1, 2, 3]);
  });
});

/** What the worker says that a member could not send. */
function errorsOf(member: number): bigint {
  const errors = WORKER_AREAS + bridge.bench.region('INTERFACE_ERRORS_OFFSET');
  return bridge.bench.view.getBigUint64(errors + member * 8, true);
}
