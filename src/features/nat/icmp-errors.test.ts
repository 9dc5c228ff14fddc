import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { icmpMessage, ipv4Packet } from '../../net/frame/build.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { answerTo, forwarded, NatBench, packetOf, type Spec, SYN } from './testing/nat-bench.ts';

let nat: NatBench;

beforeEach(async () => {
  nat = await NatBench.open();
});

const error = (source: string, destination: string, quoted: Uint8Array, ttl = 64) =>
  ipv4Packet({ source, destination, protocol: 1, ttl }, icmpMessage({ type: 3, code: 3 }, quoted));

for (const kind of ['tcp', 'udp', 'query'] as const) {
  describe(`an ICMP error about ${kind}`, () => {
    const out: Spec = {
      source: '10.0.1.2',
      destination: '10.0.2.2',
      sport: 40000,
      dport: kind === 'query' ? 0 : 80,
      kind,
      ...(kind === 'tcp' ? { flags: SYN } : {}),
    };

    for (const bytes of [28, 36, 60]) {
      it(`with ${bytes} bytes of it comes back to who has sent that, by another port`, () => {
        nat.translateSources();
        nat.receive(nat.other, { ...out, source: '10.0.3.2' });
        nat.receive(nat.inside, out);
        const sport = nat.all.find(({ inside }) => inside.address === '10.0.1.2')?.outside.port ?? 0;
        assert.notEqual(sport, 40000);
        const quoted = forwarded({ ...out, source: '10.0.2.1', sport }).subarray(0, bytes);
        const { sent } = nat.receive(nat.outside, error('10.0.2.2', '10.0.2.1', quoted));
        const home = forwarded(out).subarray(0, bytes);
        assert.deepEqual(packetIn(sent[0]), error('10.0.2.2', '10.0.1.2', home, 63));
      });

      it(`with ${bytes} bytes of it leaves as one about what was sent to the outside address`, () => {
        nat.translateSources();
        nat.receive(nat.inside, out);
        const back = answerTo(out);
        const { sent } = nat.receive(
          nat.inside,
          error('10.0.1.2', '10.0.2.2', packetOf(back).subarray(0, bytes)),
        );
        const quoted = packetOf({ ...back, destination: '10.0.2.1' }).subarray(0, bytes);
        assert.deepEqual(packetIn(sent[0]), error('10.0.2.1', '10.0.2.2', quoted, 63));
      });

      it(`with ${bytes} bytes of it is translated by a rule of dnat44, both ways`, () => {
        nat.translateDestination('10.0.2.9', '10.0.1.2');
        const request: Spec = { ...out, source: '10.0.2.2', destination: '10.0.1.2' };
        const leaving = error('10.0.1.2', '10.0.2.2', packetOf(request).subarray(0, bytes));
        const known = packetOf({ ...request, destination: '10.0.2.9' }).subarray(0, bytes);
        assert.deepEqual(
          packetIn(nat.receive(nat.inside, leaving).sent[0]),
          error('10.0.2.9', '10.0.2.2', known, 63),
        );
        const sent = answerTo({ ...request, destination: '10.0.2.9' });
        const coming = error('10.0.2.2', '10.0.2.9', packetOf(sent).subarray(0, bytes));
        assert.deepEqual(
          packetIn(nat.receive(nat.outside, coming).sent[0]),
          error('10.0.2.2', '10.0.1.2', packetOf({ ...sent, source: '10.0.1.2' }).subarray(0, bytes), 63),
        );
      });
    }
  });
}

describe('an ICMP error', () => {
  const quoted = packetOf({ source: '10.0.2.2', destination: '10.0.1.2', kind: 'udp', sport: 9, dport: 9 });

  it('from inside about nothing that was sent there is dropped', () => {
    nat.translateSources();
    const { ended } = nat.receive(nat.inside, error('10.0.1.2', '10.0.2.2', quoted));
    assert.deepEqual(ended, { 'nat-no-session': 1 });
  });

  it('that quotes less than a header passes as it is', () => {
    nat.translateSources();
    const { sent } = nat.receive(nat.outside, error('10.0.2.2', '10.0.1.2', quoted.subarray(0, 19)));
    assert.deepEqual(packetIn(sent[0]), error('10.0.2.2', '10.0.1.2', quoted.subarray(0, 19), 63));
  });

  it('of a redirect does not leave', () => {
    nat.translateSources();
    const redirect = icmpMessage({ type: 5, code: 1 }, quoted);
    const packet = ipv4Packet({ source: '10.0.1.2', destination: '10.0.2.2', protocol: 1 }, redirect);
    assert.deepEqual(nat.receive(nat.inside, packet).ended, { 'nat-unsupported': 1 });
  });
});
