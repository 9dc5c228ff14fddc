import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { packetIn } from '../ip/testing/topology.ts';
import { ACK, answerTo, forwarded, NatBench, packetOf, RST, type Spec, SYN } from './testing/nat-bench.ts';

let nat: NatBench;

beforeEach(async () => {
  nat = await NatBench.open();
  nat.translateSources();
});

const from = (kind: Spec['kind'], changes: Partial<Spec> = {}): Spec => ({
  source: '10.0.1.2',
  destination: '10.0.2.2',
  sport: 40000,
  dport: kind === 'query' ? 0 : 80,
  kind,
  ...changes,
});
const known = { source: '10.0.2.1' };

for (const kind of ['tcp', 'udp', 'query'] as const) {
  describe(`snat44: ${kind}`, () => {
    const flags = kind === 'tcp' ? { flags: SYN } : {};

    it('leaves by the address of the rule, and the answer comes back to its sender', () => {
      const out = from(kind, flags);
      const { sent } = nat.receive(nat.inside, out);
      assert.deepEqual(
        [sent[0]?.port, packetIn(sent[0])],
        [nat.outside.port, forwarded({ ...out, ...known })],
      );
      const back = answerTo({ ...out, ...known }, kind === 'tcp' ? { flags: SYN | ACK } : {});
      const { sent: came } = nat.receive(nat.outside, back);
      assert.deepEqual(
        [came[0]?.port, packetIn(came[0])],
        [nat.inside.port, forwarded({ ...back, destination: '10.0.1.2' })],
      );
      assert.equal(nat.all.length, 1);
    });

    it('gets another port where its own is taken towards the same other end', () => {
      nat.receive(nat.inside, from(kind, flags));
      const second = from(kind, { ...flags, source: '10.0.3.2' });
      const { sent } = nat.receive(nat.other, second);
      const [one, two] = nat.all;
      assert.deepEqual([one?.inside.address, two?.inside.address], ['10.0.1.2', '10.0.3.2']);
      const sport = two?.outside.port ?? 0;
      assert.ok(sport >= (kind === 'query' ? 0 : 1024) && sport !== 40000);
      assert.deepEqual(packetIn(sent[0]), forwarded({ ...second, ...known, sport }));
      const back = answerTo({ ...second, ...known, sport }, kind === 'tcp' ? { flags: SYN | ACK } : {});
      const home = { ...back, destination: '10.0.3.2', dport: 40000 };
      assert.deepEqual(packetIn(nat.receive(nat.outside, back).sent[0]), forwarded(home));
    });

    it('keeps its port where that is taken towards others only', () => {
      nat.receive(nat.inside, from(kind, flags));
      nat.topology.route('192.0.2.0/24', nat.topology.neighbor(nat.outside));
      const second = from(kind, { ...flags, source: '10.0.3.2', destination: '192.0.2.9' });
      assert.deepEqual(packetIn(nat.receive(nat.other, second).sent[0]), forwarded({ ...second, ...known }));
    });
  });
}

describe('snat44', () => {
  it('leaves a checksum to whoever sends the packet on, where its sender did', () => {
    const out = packetOf(from('udp'));
    out.set([0x12, 0x34], 26);
    const { sent } = nat.receive(nat.inside, out, { olFlags: 0x108n });
    assert.deepEqual(packetIn(sent[0]), forwarded(from('udp', known)));
  });

  it('lets a datagram without checksum have none', () => {
    const out = packetOf(from('udp'));
    out.set([0, 0], 26);
    assert.deepEqual([...packetIn(nat.receive(nat.inside, out).sent[0]).subarray(26, 28)], [0, 0]);
  });

  it('drops what answers or ends something that is no session', () => {
    const dropped = { 'nat-no-session': 1 };
    assert.deepEqual(nat.receive(nat.inside, from('tcp', { flags: SYN | ACK })).ended, dropped);
    assert.deepEqual(nat.receive(nat.inside, from('tcp', { flags: RST })).ended, dropped);
    assert.deepEqual(
      nat.receive(nat.inside, answerTo(answerTo(from('query')), { kind: 'answer' })).ended,
      dropped,
    );
    assert.equal(nat.all.length, 0);
  });

  it('keeps the router from ending a connection that a station may have, or taking its port', () => {
    const own = from('tcp', known);
    const { sent, ended } = nat.receive(nat.inside, { ...own, flags: RST });
    assert.deepEqual([sent, ended], [[], { 'nat-no-session': 1 }]);
    const refusal = { ...own, flags: RST | ACK };
    assert.deepEqual(packetIn(nat.receive(nat.inside, refusal).sent[0]), forwarded(refusal));
    assert.deepEqual(nat.all, []);
    assert.deepEqual(packetIn(nat.receive(nat.inside, from('tcp')).sent[0]), forwarded(own));
  });

  it('drops what ends within its transport header', () => {
    const whole = nat.receive(nat.inside, from('tcp'), { segmentBytes: 40 });
    assert.deepEqual(whole.ended, { 'nat-truncated': 1 });
  });

  it('lets others pass as they are', () => {
    const { sent } = nat.receive(nat.outside, answerTo(from('udp', known)));
    assert.equal(sent.length, 1); // an error: the router has no such port
    nat.topology.route('192.0.2.0/24', nat.topology.neighbor(nat.inside));
    const foreign = from('udp', { source: '192.0.2.9' });
    assert.deepEqual(packetIn(nat.receive(nat.inside, foreign).sent[0]), forwarded(foreign));
    assert.equal(nat.all.filter(({ inside }) => inside.address !== '10.0.2.1').length, 0);
  });

  it('has as many sessions as there may be', () => {
    nat.sessions.config = { ...nat.sessions.config, max: 2 };
    for (const sport of [1, 2]) nat.receive(nat.inside, from('udp', { sport }));
    assert.deepEqual(nat.receive(nat.inside, from('udp', { sport: 3 })).ended, { 'nat-table-full': 1 });
    assert.equal(nat.receive(nat.inside, from('udp', { sport: 1 })).sent.length, 1);
    nat.sessions.flush();
    assert.equal(nat.receive(nat.inside, from('udp', { sport: 3 })).sent.length, 1);
  });

  it('uses records again after all workers have moved on', () => {
    for (let round = 0; round < 5; round++) {
      for (let sport = 1; sport <= 50; sport++) nat.receive(nat.inside, from('udp', { sport }));
      assert.equal(nat.sessions.count, 50);
      nat.sessions.flush();
      nat.pass(1000);
    }
    nat.receive(nat.inside, from('udp'));
    assert.ok((nat.all[0]?.id ?? 999) <= 150);
  });
});
