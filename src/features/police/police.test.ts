import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { CONTROL_TICKS_PER_SECOND } from '../../engine/layout.ts';
import { checksum } from '../../net/checksum.ts';
import { etherFrame, ipv6Packet } from '../../net/frame/build.ts';
import { LinkBench } from '../interface/testing/link-bench.ts';
import { Policers } from './policers.ts';
import { frame1000, limitOf } from './testing/limits.ts';

let links: LinkBench;
let policers: Policers;

/** Two ports, of which each sends what the other receives; a second of the bench has 10⁹ ticks. */
beforeEach(async () => {
  links = await LinkBench.open();
  links.interfaces.defineMode('XC', 'xc-forward');
  links.bench.view.setBigUint64(CONTROL_TICKS_PER_SECOND, 1_000_000_000n, true);
  policers = new Policers(links.router, links.interfaces);
  const [p1, p2] = [links.port(1), links.port(2)];
  await links.interfaces.set('p1', { domain: p2.id });
  await links.interfaces.set('p2', { domain: p1.id });
});

const ends = { destination: '02:00:00:00:00:01', source: '02:00:00:00:00:99' };
const frame6 = etherFrame(
  { ...ends, etherType: 0x86dd },
  ipv6Packet(
    { source: 'fd00::1', destination: 'fd00::2', nextHeader: 17, trafficClass: 3, flowLabel: 0xabcde },
    new Uint8Array(946),
  ),
);

/** Sends frames of 1000 bytes for some milliseconds, and tells how many passed. */
function pass(ms: number, perMs: number): number {
  let passed = 0;
  for (let i = 0; i < ms; i++) {
    links.bench.clock += 1_000_000n;
    passed += links.bench.receive(
      1,
      Array.from({ length: perMs }, () => frame1000),
    ).sent.length;
  }
  return passed;
}

describe('a rate limit', () => {
  it('lets its rate pass, and a burst at first', () => {
    policers.add('limit', limitOf());
    policers.bind('limit', 'p1', 'in');
    assert.equal(pass(1000, 3), 10 + 1000 - 1);
    assert.deepEqual(links.bench.receive(1, [frame1000]).ended, { policed: 1 });
  });

  it('is exact at rates and sizes that do not fit each other', () => {
    for (const rate of [64_000n, 9_999_999n, 40_000_000_000n]) {
      policers.add(
        `at${rate}`,
        limitOf({ committedRate: rate, committedBurst: rate > 1_000_000_000n ? 10_000 : 3036 }),
      );
      policers.bind(`at${rate}`, 'p1', 'in');
      const seconds = rate > 1_000_000_000n ? 0.0005 : rate < 100_000n ? 50 : 1;
      const steps = 500;
      let passed = 0;
      for (let i = 0; i < steps; i++) {
        links.bench.clock += BigInt(Math.round((seconds * 1e9) / steps));
        passed += links.bench.receive(
          1,
          Array.from({ length: 30 }, () => frame1000),
        ).sent.length;
      }
      const expected = Math.min((Number(rate) * seconds) / 8000, steps * 30);
      assert.ok(Math.abs(passed / expected - 1) < 0.02, `${rate}: ${passed} of ${expected}`);
    }
  });

  it('has a burst that does not grow while nothing comes', () => {
    policers.add('limit', limitOf());
    policers.bind('limit', 'p1', 'in');
    links.bench.clock += 3_600_000_000_000n * 24n;
    const burst = Array.from({ length: 40 }, () => frame1000);
    assert.equal(links.bench.receive(1, burst).sent.length, 10);
    links.bench.clock += 5_000_000n;
    assert.equal(links.bench.receive(1, burst).sent.length, 5);
  });

  it('lets what is beyond its rate pass within a second one, and counts both', () => {
    policers.add('limit', limitOf({ excessRate: 4_000_000n, excessBurst: 5000 }));
    policers.bind('limit', 'p1', 'in');
    const passed = pass(1000, 3);
    assert.ok(Math.abs(passed - 1511) <= 1, String(passed));
    const [green, yellow, red] = policers.table.counts(1).map(({ packets }) => Number(packets));
    assert.deepEqual([green, (yellow ?? 0) + (green ?? 0), red], [1009, passed, 3000 - passed]);
    assert.equal(policers.table.counts(1)[0]?.bytes, 1_009_000n);
  });

  it('gives the packets of a colour another DSCP, with a right checksum, and leaves ECN', () => {
    policers.add('limit', limitOf({ green: 46, red: 10 }));
    policers.bind('limit', 'p2', 'out');
    const [first] = links.bench.receive(1, [frame1000]).sent;
    assert.equal(first?.bytes[15], (46 << 2) | 3);
    assert.equal(checksum(first?.bytes.subarray(14, 34) ?? new Uint8Array(0)), 0);
    const [second] = links.bench.receive(1, [frame6]).sent;
    const view = new DataView((second?.bytes ?? frame6).buffer);
    assert.equal(view.getUint32(14), ((6 << 28) | (((46 << 2) | 3) << 20) | 0xabcde) >>> 0);
    const last = links.bench
      .receive(
        1,
        Array.from({ length: 20 }, () => frame1000),
      )
      .sent.at(-1);
    assert.equal(last?.bytes[15], (10 << 2) | 3);
  });

  it('changes while packets meet it', () => {
    policers.add('limit', limitOf());
    policers.bind('limit', 'p1', 'in');
    pass(20, 3);
    policers.set('limit', limitOf({ committedRate: 16_000_000n }));
    assert.ok(Math.abs(pass(1000, 4) - 2009) <= 1);
  });

  it('is shared by interfaces that it is at', () => {
    policers.add('limit', limitOf());
    policers.bind('limit', 'p1', 'in');
    policers.bind('limit', 'p2', 'in');
    const burst = Array.from({ length: 8 }, () => frame1000);
    assert.equal(links.bench.receive(1, burst).sent.length + links.bench.receive(2, burst).sent.length, 10);
  });

  it('lets all pass when it is taken away', () => {
    policers.add('limit', limitOf());
    policers.bind('limit', 'p1', 'in');
    assert.throws(() => policers.remove('limit'), { code: 'EBUSY', message: /at p1 in/ });
    policers.unbind('p1', 'in');
    assert.equal(pass(10, 5), 50);
    policers.remove('limit');
    assert.throws(() => policers.bind('limit', 'p1', 'in'), { code: 'ENOENT' });
  });

  it('is refused what cannot be', () => {
    for (const wrong of [
      { committedRate: 7_999n },
      { committedRate: 1_000_000_000_001n },
      { committedBurst: 1517 },
      { committedRate: 8_000n, committedBurst: 1_000_000 },
      { excessRate: 8_000n },
      { excessBurst: 5000 },
    ])
      assert.throws(() => policers.add('limit', limitOf(wrong)), { code: 'ERANGE' });
    policers.add('limit', limitOf());
    assert.throws(() => policers.add('limit', limitOf()), { code: 'EEXIST' });
  });
});

it('rate limits are written again for a build that has them elsewhere', () => {
  policers.add('limit', limitOf());
  policers.bind('limit', 'p1', 'in');
  const { bench } = links;
  for (const [table, bytes] of [
    ['POLICERS', 524288],
    ['POLICE_BINDINGS', 262144],
  ] as const)
    new Uint8Array(bench.view.buffer, bench.region(table), bytes).fill(0);
  policers.rewrite.write(() => ({}) as never);
  assert.equal(pass(1000, 3), 1009);
});
