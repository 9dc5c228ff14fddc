import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { pino } from 'pino';
import { CONTROL_MODE } from '../../layout.ts';
import { ModeBits } from '../mode-bits.ts';
import { clockNow } from './clock.ts';
import { PacketLog } from './packet-log.ts';
import { openSampleBench, type SampleBench } from './testing/sample-bench.ts';
import { sampleFrame } from './testing/sample-frames.ts';
import { TraceReader } from './trace-reader.ts';
import { Tracing } from './tracing.ts';

let sample: SampleBench;
let packetLog: PacketLog;
let lines: string[];

beforeEach(async () => {
  sample = await openSampleBench();
  lines = [];
  packetLog = new PacketLog({
    log: pino({}, { write: (line) => lines.push(String(JSON.parse(line).msg)) }),
    graph: sample.source.info.graph,
    tracing: new Tracing(new ModeBits(sample.bench.view), () => sample.interfaces),
    reader: new TraceReader(sample.source),
    interfaces: () => sample.interfaces,
    clock: () => clockNow(1_000_000_000n, sample.bench.clock),
  });
});

test('each packet that passes gets one line', () => {
  packetLog.enable(true);
  sample.bench.receive(0, [sampleFrame(), sampleFrame({ ttl: 1 })]);
  packetLog.poll();
  const headers =
    '02:00:00:00:00:09 > 02:00:00:00:00:01 ipv4, 192.0.2.1 > 198.51.100.1 udp ttl TTL length 46, ' +
    'udp 12345 > 54321 length 26, 18 bytes';
  assert.deepEqual(lines, [
    `p0: ${headers.replace('TTL', '64')} | sample-receive > sample-input > sample-route > sample-output > sent`,
    `p0: ${headers.replace('TTL', '1')} | sample-receive > sample-input > sample-route > drop sample-ttl`,
  ]);
  packetLog.enable(false);
});

test('too many packets at once are counted, not logged', () => {
  packetLog.enable(true);
  for (let i = 0; i < 10; i++)
    sample.bench.receive(
      0,
      Array.from({ length: 16 }, () => sampleFrame()),
    );
  packetLog.poll();
  assert.equal(lines.length, 51);
  assert.equal(lines.at(-1), '110 more packets not logged: there were too many at once');
  packetLog.enable(false);
});

test('what was traced before is not logged, and nothing after the end', () => {
  sample.interfaces.watch('trace', true);
  sample.bench.view.setUint32(CONTROL_MODE, 1, true);
  sample.bench.receive(0, [sampleFrame()]);
  packetLog.enable(true);
  packetLog.enable(true);
  packetLog.enable(false);
  sample.bench.receive(0, [sampleFrame()]);
  packetLog.poll();
  assert.deepEqual(lines, []);
});
