import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NatBench, packetOf, type Spec } from './testing/nat-bench.ts';

const flow = (number: number, destination = '10.0.2.2'): Spec => ({
  kind: 'udp',
  source: `10.0.${number & 1 ? 1 : 3}.${2 + ((number >> 1) % 250)}`,
  destination,
  sport: 1024 + Math.floor(number / 500),
  dport: 53,
});

describe('many sessions', () => {
  it('share the ports towards one other end until nearly all are taken, each by a port of its own', async () => {
    const nat = await NatBench.open();
    nat.translateSources();
    const { bench } = nat.topology;
    const frame = (spec: Spec) => {
      const header = Buffer.from(nat.inside.mac.replaceAll(':', ''), 'hex');
      const source = Buffer.from(nat.inside.host.mac.replaceAll(':', ''), 'hex');
      return Uint8Array.from([...header, ...source, 8, 0, ...packetOf(spec)]);
    };
    const dropped: Record<string, number> = {};
    for (let number = 0; number < 66_000; number += 60) {
      const frames = Array.from({ length: 60 }, (_, i) => frame(flow(number + i)));
      for (const [name, count] of Object.entries(bench.receive(nat.inside.port, frames).ended))
        dropped[name] = (dropped[name] ?? 0) + count;
    }
    const ports = new Set(nat.all.map(({ outside }) => outside.port));
    assert.equal(ports.size, nat.all.length);
    assert.ok(nat.all.length > 64_000 && nat.all.length <= 64_512, `${nat.all.length} sessions`);
    assert.deepEqual(Object.keys(dropped).sort(), ['nat-no-port', 'sent']);
    nat.topology.route('192.0.2.0/24', nat.topology.neighbor(nat.outside));
    assert.equal(nat.receive(nat.inside, flow(0, '192.0.2.1')).sent.length, 1);
  });
});
