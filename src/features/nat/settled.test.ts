import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { ACK, answerTo, FIN, forwarded, NatBench, type Spec, SYN } from './testing/nat-bench.ts';

// What the fast way takes along by itself: packets of sessions both of whose ends have spoken, and those of dnat44.

let nat: NatBench;

const station = '10.0.1.2';
const ports = { sport: 40000, dport: 80 };
const known = { source: '10.0.2.1' };

beforeEach(async () => {
  nat = await NatBench.open();
});

for (const kind of ['tcp', 'udp'] as const) {
  describe(`a settled session: ${kind}`, () => {
    const out: Spec = { kind, source: station, destination: '10.0.2.2', ...ports };
    const back = answerTo({ ...out, ...known });

    beforeEach(() => {
      nat.translateSources();
      if (kind === 'tcp') {
        nat.receive(nat.inside, { ...out, flags: SYN });
        nat.receive(nat.outside, { ...back, flags: SYN | ACK });
      }
      nat.receive(nat.inside, out);
      nat.receive(nat.outside, back);
      assert.equal(nat.all[0]?.state, 'established');
    });

    it('is translated both ways', () => {
      assert.deepEqual(packetIn(nat.receive(nat.inside, out).sent[0]), forwarded({ ...out, ...known }));
      const home = forwarded({ ...back, destination: station });
      assert.deepEqual(packetIn(nat.receive(nat.outside, back).sent[0]), home);
    });

    it('lasts longer by each of its packets', () => {
      nat.pass(3000);
      assert.equal(nat.all[0]?.idleMs, 3000);
      for (const [link, packet] of [
        [nat.inside, out],
        [nat.outside, back],
      ] as const) {
        nat.pass(3000);
        nat.receiveOnce(link, packet);
        assert.equal(nat.all[0]?.idleMs, 0);
      }
    });

    it('has other flows beside it', () => {
      const others = [
        { ...back, sport: 81 },
        { ...back, dport: 40001 },
        { ...back, source: '10.0.2.3' },
      ];
      for (const other of others)
        assert.equal(
          nat.receive(nat.outside, other).sent.some(({ port }) => port === nat.inside.port),
          false,
        );
    });

    it('ends with its rule, at once', () => {
      nat.sessions.flush();
      const { sent } = nat.receive(nat.outside, back);
      assert.equal(
        sent.some(({ port }) => port === nat.inside.port),
        false,
      );
    });
  });
}

describe('a settled session', () => {
  it('notes that it ends', () => {
    nat.translateSources();
    const out: Spec = { kind: 'tcp', source: station, destination: '10.0.2.2', ...ports };
    const back = answerTo({ ...out, ...known });
    nat.receive(nat.inside, { ...out, flags: SYN });
    nat.receive(nat.outside, { ...back, flags: SYN | ACK });
    nat.receive(nat.inside, out);
    nat.receiveOnce(nat.inside, { ...out, flags: FIN | ACK });
    assert.equal(nat.all[0]?.state, 'half-close');
    nat.receiveOnce(nat.outside, { ...back, flags: FIN | ACK });
    assert.equal(nat.all[0]?.state, 'time-wait');
  });
});

describe('dnat44', () => {
  const datagram = (destination: string, ttl: number, word: number) => {
    const ends = { source: '10.0.2.2', destination };
    const payload = new Uint8Array(24);
    new DataView(payload.buffer).setUint16(0, word);
    return ipv4Packet(
      { ...ends, protocol: 17, ttl },
      udpDatagram({ source: 7, destination: 9 }, payload, ends),
    );
  };

  it('writes a UDP checksum of zero as its other form: zero says that there is none (RFC 768)', () => {
    nat.translateDestination('10.0.2.9', station);
    const word = new DataView(datagram(station, 63, 0).buffer).getUint16(26);
    const expected = datagram(station, 63, word);
    assert.equal(new DataView(expected.buffer).getUint16(26), 0xffff);
    const { sent } = nat.receive(nat.outside, datagram('10.0.2.9', 64, word));
    assert.deepEqual(packetIn(sent[0]), expected);
  });
});
