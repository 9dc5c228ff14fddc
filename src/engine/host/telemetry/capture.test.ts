import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CAPTURE_BYTES, CONTROL_MODE, WORKER_AREAS, WORKER_CAPTURE } from '../../layout.ts';
import { ModeBits } from '../mode-bits.ts';
import type { CaptureWish } from './capture-session.ts';
import { Captures } from './captures.ts';
import { openSampleBench, type SampleBench } from './testing/sample-bench.ts';
import { sampleFrame } from './testing/sample-frames.ts';
import { tshark } from './testing/tshark.ts';

let sample: SampleBench;
let captures: Captures;
let running: Capture[] = [];

beforeEach(async () => {
  sample = await openSampleBench();
  captures = new Captures({
    source: sample.source,
    mode: new ModeBits(sample.bench.view),
    interfaces: () => sample.interfaces,
    ticks: () => sample.bench.clock,
  });
});

afterEach(async () => {
  for (const capture of running) await capture.stop();
  running = [];
});

test('tshark reads each frame with its interface, direction and comment', async () => {
  const capture = await start({});
  sample.bench.receive(0, [sampleFrame()]);
  const rows = tshark(await capture.stop(), [
    'frame.interface_name',
    'frame.packet_flags_direction',
    'frame.comment',
    'frame.len',
    'ip.dst',
    'udp.dstport',
  ]);
  assert.deepEqual(rows, [
    ['p0', '0x00000001', 'p0 received', '60', '198.51.100.1', '54321'],
    ['p1', '0x00000002', 'p1 sent', '60', '198.51.100.1', '54321'],
  ]);
});

test('the seventeenth capture at once is refused, and has its turn when another ends', async () => {
  const others = await Promise.all(Array.from({ length: 16 }, () => start({})));
  const wish = { iface: undefined, drops: false, count: undefined, snaplen: 65535 };
  const oneMore = () => captures.run(wish, AbortSignal.timeout(1000));
  const expected = /expected at most 16 captures at once, got one more/;
  await assert.rejects(oneMore().next(), { code: 'EBUSY', message: expected });
  await others[0]?.stop();
  const late = oneMore();
  assert.equal((await late.next()).done, false);
  await late.return(undefined);
});

test('a drop is captured with its whole frame, its stage and its meaning', async () => {
  const capture = await start({ drops: true });
  sample.bench.receive(1, [sampleFrame({ ttl: 1 }), sampleFrame()]);
  const rows = tshark(await capture.stop(), ['frame.interface_name', 'frame.comment', 'eth.src', 'ip.ttl']);
  assert.deepEqual(rows, [
    [
      'p1',
      "p1 dropped at sample-route,drop sample-ttl: The packet's time to live has run out.",
      '02:00:00:00:00:09',
      '1',
    ],
  ]);
});

test('a drop of a packet made here is shown behind an Ethernet header without addresses', async () => {
  const capture = await start({ drops: true });
  sample.bench.inject('sample-route', sampleFrame({ ttl: 1 }).subarray(14), { etherType: 0x0008 });
  const rows = tshark(await capture.stop(), ['frame.interface_name', 'eth.src', 'frame.len', 'ip.src']);
  assert.deepEqual(rows, [['router', '00:00:00:00:00:00', '60', '192.0.2.1']]);
});

test('only the chosen interface is captured, and its sent frames too', async () => {
  const capture = await start({ iface: { id: 2, name: 'p1' } });
  sample.bench.receive(0, [sampleFrame()]);
  sample.bench.receive(1, [sampleFrame()]);
  const rows = tshark(await capture.stop(), ['frame.comment']);
  assert.deepEqual(rows, [['p1 sent'], ['p1 received']]);
});

test('the snap length cuts packets and tells their length', async () => {
  const capture = await start({ snaplen: 34 });
  sample.bench.receive(0, [sampleFrame({ length: 200 })]);
  const rows = tshark(await capture.stop(), ['frame.len', 'frame.cap_len']);
  assert.deepEqual(rows[0], ['200', '34']);
});

test('a chained packet is captured in one piece', async () => {
  const capture = await start({ iface: { id: 1, name: 'p0' } });
  const frame = sampleFrame({ length: 1500 }).map((byte, i) => (i < 42 ? byte : i % 251));
  sample.bench.receive(0, [frame], { segmentBytes: 600 });
  const [[hex]] = tshark(await capture.stop(), ['udp.payload']) as [[string]];
  assert.equal(hex, Buffer.from(frame.subarray(42)).toString('hex'));
});

test('a capture ends by itself at its count', async () => {
  const capture = await start({ iface: { id: 1, name: 'p0' }, count: 3 });
  sample.bench.receive(
    0,
    Array.from({ length: 5 }, () => sampleFrame()),
  );
  assert.equal(tshark(await capture.ended, ['frame.number']).length, 3);
});

test('several captures share the rings, each with its own choice', async () => {
  const all = await start({});
  const short = await start({ iface: { id: 1, name: 'p0' }, snaplen: 20 });
  const drops = await start({ drops: true });
  sample.bench.receive(0, [sampleFrame(), sampleFrame({ ttl: 1 })]);
  assert.equal(tshark(await all.stop(), ['frame.number']).length, 3);
  assert.deepEqual(
    tshark(await short.stop(), ['frame.cap_len']).map(([length]) => length),
    ['20', '20'],
  );
  assert.equal(tshark(await drops.stop(), ['frame.number']).length, 1);
});

test('with the last capture the workers stop copying', async () => {
  const capture = await start({ drops: true });
  assert.notEqual(sample.bench.view.getUint32(CONTROL_MODE, true), 0);
  await capture.stop();
  assert.equal(sample.bench.view.getUint32(CONTROL_MODE, true), 0);
  const other = await start({});
  await other.stop();
  const before = sample.bench.view.getUint32(WORKER_AREAS + WORKER_CAPTURE, true);
  sample.bench.receive(0, [sampleFrame(), sampleFrame({ ttl: 1 })]);
  assert.equal(sample.bench.view.getUint32(WORKER_AREAS + WORKER_CAPTURE, true), before);
});

test('packets that the ring has no room for are counted in the file', async () => {
  const capture = await start({ iface: { id: 1, name: 'p0' } });
  const perRing = Math.floor(CAPTURE_BYTES / (32 + 1504));
  const frame = sampleFrame({ length: 1500 });
  for (let i = 0; i < perRing + 10; i++) sample.bench.receive(0, [frame]);
  pollAll();
  sample.bench.receive(0, [frame]);
  const file = await capture.stop();
  assert.equal(tshark(file, ['frame.number']).length, perRing + 1);
  assert.equal(dropCounts(file), 10n);
});

test('the ring stays sound past its end, over and over', async () => {
  const capture = await start({ iface: { id: 1, name: 'p0' } });
  const frames = [60, 1500, 333, 9000].map((length) => sampleFrame({ length }));
  for (let i = 0; i < 1600; i++) {
    sample.bench.receive(0, frames);
    if (i % 300 === 0) {
      pollAll();
      await delay(0);
    }
  }
  const lengths = tshark(await capture.stop(), ['frame.len']).map(([length]) => length);
  assert.equal(lengths.length, 6400);
  assert.ok(lengths.every((length, i) => length === String(frames[i % 4]?.length)));
});

test('a reader that does not keep up loses packets, and they are counted', async () => {
  const capture = await start({ iface: { id: 1, name: 'p0' } });
  const frames = [sampleFrame({ length: 9000 })];
  for (let i = 0; i < 1000; i++) {
    sample.bench.receive(0, frames);
    if (i % 300 === 0) pollAll();
  }
  pollAll();
  await delay(1); // until the reader has taken what waits
  sample.bench.receive(0, frames);
  const file = await capture.stop();
  assert.equal(tshark(file, ['frame.number']).length + Number(dropCounts(file)), 1001);
});

test('tcpdump reads the same file', async () => {
  const capture = await start({});
  sample.bench.receive(0, [sampleFrame()]);
  const text = execFileSync('tcpdump', ['-n', '-r', '-'], {
    input: await capture.stop(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  assert.match(text.toString(), /IP 192\.0\.2\.1\.12345 > 198\.51\.100\.1\.54321: UDP, length 18\n/);
});

interface Capture {
  /** The whole file, once the capture has ended. */
  readonly ended: Promise<Buffer>;
  stop(): Promise<Buffer>;
}

async function start(wish: Partial<CaptureWish>): Promise<Capture> {
  const abort = new AbortController();
  const whole = { iface: undefined, drops: false, count: undefined, snaplen: 65535, ...wish };
  const chunks: Uint8Array[] = [];
  const ended = (async () => {
    for await (const chunk of captures.run(whole, abort.signal)) chunks.push(chunk);
    return Buffer.concat(chunks);
  })();
  await delay(0); // until the generator has begun
  const capture = {
    ended,
    async stop() {
      pollAll();
      await delay(1); // until what was polled has been taken
      abort.abort();
      return ended;
    },
  };
  running.push(capture);
  return capture;
}

/** Sums the option epb_dropcount of all packets (tshark does not show it). */
function dropCounts(file: Buffer): bigint {
  let sum = 0n;
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    if (file.readUInt32LE(at) !== 6) continue;
    let option = at + 28 + Math.ceil(file.readUInt32LE(at + 20) / 4) * 4;
    while (file.readUInt16LE(option) !== 0) {
      if (file.readUInt16LE(option) === 4) sum += file.readBigUInt64LE(option + 4);
      option += 4 + Math.ceil(file.readUInt16LE(option + 2) / 4) * 4;
    }
  }
  return sum;
}

/** A poll takes a share only. */
function pollAll(): void {
  for (let i = 0; i < 4; i++) captures.poll();
}
