import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ipv4Packet } from '../../net/frame/build.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { answerTo, NatBench, type Spec, transportOf } from './testing/nat-bench.ts';

let nat: NatBench;

beforeEach(async () => {
  nat = await NatBench.open();
  nat.translateSources();
});

const out: Spec = { kind: 'udp', source: '10.0.1.2', destination: '10.0.2.2', sport: 9, dport: 80 };
const known = { ...out, source: '10.0.2.1' };

/** The first 24 bytes of a datagram, or what follows. */
function part(spec: Spec, first: boolean, ttl = 64, identification = 7): Uint8Array {
  const datagram = transportOf(spec);
  return ipv4Packet(
    { ...spec, protocol: 17, identification, ttl, moreFragments: first, fragmentOffset: first ? 0 : 24 },
    first ? datagram.subarray(0, 24) : datagram.subarray(24),
  );
}

describe('fragments', () => {
  it('leave by one address, whichever comes first', () => {
    for (const first of [false, true])
      assert.deepEqual(packetIn(nat.receive(nat.inside, part(out, first)).sent[0]), part(known, first, 63));
  });

  it('that come in follow the first one of their datagram', () => {
    nat.receive(nat.inside, part(out, true));
    const back = answerTo(known);
    const home = { ...back, destination: '10.0.1.2' };
    for (const first of [true, false])
      assert.deepEqual(packetIn(nat.receive(nat.outside, part(back, first)).sent[0]), part(home, first, 63));
  });

  it('that come in before it, or long after it, are not translated', () => {
    nat.receive(nat.inside, part(out, true));
    const back = answerTo(known);
    assert.deepEqual(nat.receive(nat.outside, part(back, false)).ended, { 'ip4-local-fragment': 1 });
    nat.receive(nat.outside, part(back, true));
    assert.deepEqual(nat.receive(nat.outside, part(back, false, 64, 8)).ended, { 'ip4-local-fragment': 1 });
    nat.sessions.config = { ...nat.sessions.config, establishedUdpTimeout: 3600 };
    nat.pass(40_000);
    assert.deepEqual(nat.receive(nat.outside, part(back, false)).ended, { 'ip4-local-fragment': 1 });
  });
});
