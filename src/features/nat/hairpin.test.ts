import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Outcome } from '../../engine/testing/bench.ts';
import { icmpMessage, ipv4Packet } from '../../net/frame/build.ts';
import type { Link } from '../ip/testing/topology.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { answerTo, forwarded, NatBench, packetOf, type Spec, SYN } from './testing/nat-bench.ts';

// Stations inside are 10.0.1.2 and 10.0.3.2. They share 10.0.2.1, which the router has itself; 10.0.2.9 stands for 10.0.3.2.
let nat: NatBench;

const caller = '10.0.1.2';
const server = '10.0.3.2';
const shared = '10.0.2.1';
const published = '10.0.2.9';

function assertSent(outcome: Outcome, to: Link, expected: Spec): void {
  const [frame] = outcome.sent;
  assert.deepEqual(
    [frame?.port, frame && packetIn(frame)],
    [to.port, forwarded(expected)],
    JSON.stringify(outcome.ended),
  );
}

describe('a station inside that calls another one by the address that stands for it', () => {
  beforeEach(async () => {
    nat = await NatBench.open();
    nat.translateSources();
    nat.translateDestination(published, server, true);
    nat.turnBack(published, { own: false });
    nat.turnBack(shared, { own: true });
  });

  for (const kind of ['tcp', 'udp', 'query'] as const) {
    const dport = kind === 'query' ? 0 : 80;
    const flags = kind === 'tcp' ? { flags: SYN } : {};
    const call: Spec = { source: caller, destination: published, sport: 4000, dport, kind, ...flags };
    const received: Spec = { ...call, source: shared, destination: server };

    it(`reaches it from an address outside, and hears from the address that it called: ${kind}`, () => {
      assertSent(nat.receive(nat.inside, call), nat.other, received);
      assertSent(nat.receive(nat.other, answerTo(received)), nat.inside, answerTo(call));
      assert.equal(nat.all.length, 1);
      assertSent(nat.receive(nat.inside, call), nat.other, received);
    });
  }

  it('hears of errors about what it has sent', () => {
    const call: Spec = { source: caller, destination: published, sport: 4000, dport: 80, kind: 'udp' };
    nat.receive(nat.inside, call);
    const error = (source: string, destination: string, quoted: Spec, ttl: number) =>
      ipv4Packet(
        { source, destination, protocol: 1, ttl },
        icmpMessage({ type: 3, code: 3 }, forwarded(quoted)),
      );
    const received = { ...call, source: shared, destination: server };
    const { sent } = nat.receive(nat.other, error(server, shared, received, 64));
    assert.deepEqual(
      [sent[0]?.port, packetIn(sent[0])],
      [nat.inside.port, error(published, caller, call, 63)],
    );
  });

  it('is told by the router when its packet is too old', () => {
    const call: Spec = {
      source: caller,
      destination: published,
      sport: 4000,
      dport: 80,
      kind: 'udp',
      ttl: 1,
    };
    const { sent } = nat.receive(nat.inside, call);
    assert.equal(sent[0]?.port, nat.inside.port);
    const message = packetIn(sent[0]).subarray(20);
    assert.deepEqual(
      [message[0], [...message.subarray(8)]],
      [11, [...packetOf(call)].slice(0, message.length - 8)],
    );
  });

  it('is not answered past the translation where it is known by no address outside itself', () => {
    nat.translateDestinationsOnly();
    const call: Spec = { source: caller, destination: published, sport: 4000, dport: 80, kind: 'udp' };
    assert.deepEqual(nat.receive(nat.inside, call).ended, { 'nat-no-outside': 1 });
  });

  it('still speaks to the router itself by an address that others share', () => {
    const ping: Spec = { source: caller, destination: shared, sport: 7, dport: 0, kind: 'query' };
    const { sent } = nat.receive(nat.inside, ping);
    assert.deepEqual(
      [sent[0]?.port, packetIn(sent[0]).subarray(12, 20)],
      [nat.inside.port, packetOf(answerTo(ping)).subarray(12, 20)],
    );
    assert.equal(nat.all.length, 0);
  });

  it('reaches nobody by it from outside but as ever', () => {
    const call: Spec = { source: '10.0.2.2', destination: published, sport: 4000, dport: 80, kind: 'udp' };
    assertSent(nat.receive(nat.outside, call), nat.other, { ...call, destination: server });
  });
});

describe('two stations that share an address and call each other by it', () => {
  it('speak as soon as both have called', async () => {
    nat = await NatBench.open();
    nat.translateSources('10.0.2.8');
    nat.turnBack('10.0.2.8', { own: false });
    const ends = { destination: '10.0.2.8', kind: 'udp' } as const;
    const first: Spec = { ...ends, source: caller, sport: 4000, dport: 5000 };
    const second: Spec = { ...ends, source: server, sport: 5000, dport: 4000 };
    assert.deepEqual(nat.receive(nat.inside, first).ended, { 'nat-no-session': 1 });
    assertSent(nat.receive(nat.other, second), nat.inside, {
      ...second,
      source: '10.0.2.8',
      destination: caller,
    });
    assertSent(nat.receive(nat.inside, first), nat.other, {
      ...first,
      source: '10.0.2.8',
      destination: server,
    });
  });
});
