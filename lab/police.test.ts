import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examplesOf } from './docs.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { iperf } from './witness/iperf.ts';
import { assertPings } from './witness/ping.ts';

const { router, hosts } = await testTopology({ hosts: { left: {}, right: { link: 'veth' } } });
const { left, right } = hosts;
const [plain = '', colours = '', inRule = ''] = await examplesOf('docs/features/police.md');
await router.ctl(plain);

const bytesOf = async (name: string, colour: string) =>
  Number((await router.list('police stats')).find((row) => row.name === name)?.[`${colour}_bytes`]);

interface Held {
  readonly name: string;
  readonly megabits: number;
  readonly burst: number;
}

/** What iperf3 gets of 40 Mbit/s, as frames on the wire; and never is more green than the rate and a burst. */
async function measure({ name, megabits, burst }: Held, options: string, headers: number): Promise<number> {
  const payload = 1200;
  const before = await bytesOf(name, 'green');
  const started = performance.now();
  const { megabitsPerSecond } = await iperf(left, right, `-u -b 40M -t 2 -l ${payload} ${options}`);
  const green = (await bytesOf(name, 'green')) - before;
  const most = burst + ((performance.now() - started) / 1000) * megabits * 125_000;
  assert.ok(green <= most * 1.02, `${green} bytes are green of ${most}`);
  return (megabitsPerSecond * (payload + headers)) / payload;
}

/** A router or host that waits for its CPU longer than a burst lasts, 12 ms, gets less. */
async function assertHeld(held: Held, options: string, headers: number): Promise<void> {
  const rates: number[] = [];
  const isRight = (rate: number) => Math.abs(rate / held.megabits - 1) < 0.02;
  while (rates.length < 6 && !rates.some(isRight)) rates.push(await measure(held, options, headers));
  assert.ok(rates.some(isRight), `${rates.join(', ')} Mbit/s of ${held.megabits}`);
}

for (const [family, options, headers] of [
  ['IPv4', '', 42],
  ['IPv6', '-6', 62],
] as const) {
  test(`${family}: iperf3 gets the rate that it is held to, within 2 %`, async () => {
    await assertHeld({ name: 'customer', megabits: 20, burst: 30_000 }, options, headers);
  });
}

test('colours get classes of their own', async () => {
  await router.ctl(`police unbind iface left in\n${colours}`);
  await using seen = await startCapture(right, right.device, 'udp and greater 1000');
  await iperf(left, right, '-u -b 30M -t 1 -l 1200');
  const classes = new Set(await seen.dissected('udp.length == 1208 && ip', ['ip.dsfield.dscp']));
  assert.deepEqual([...classes].sort(), ['10', '46']);
  assert.deepEqual(await seen.faulty(), []);
  assert.ok((await router.counted('policed')) > 0);
  await router.ctl('police unbind iface right out');
  await assertPings(left, right.ip6);
});

test('a rule of a filter is held to a rate of its own, and nothing else is', async () => {
  await router.ctl(inRule);
  await assertHeld({ name: 'answers', megabits: 10, burst: 15_000 }, '', 42);
  const others = (await router.list('filter stats to-right')).find((row) => row.index === undefined);
  assert.ok(Number(others?.packets) > 0);
  const before = await bytesOf('answers', 'green');
  await assertPings(left, right.ip4);
  assert.equal(await bytesOf('answers', 'green'), before);
});
