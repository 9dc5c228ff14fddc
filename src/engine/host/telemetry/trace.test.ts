import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { CONTROL_MODE, TRACE_BYTES, TRACE_SLOTS, WORKER_AREAS, WORKER_TRACE } from '../../layout.ts';
import { ModeBits } from '../mode-bits.ts';
import { clockNow } from './clock.ts';
import { openSampleBench, type SampleBench } from './testing/sample-bench.ts';
import { sampleFrame } from './testing/sample-frames.ts';
import { TraceFollowers } from './trace-followers.ts';
import { TraceReader } from './trace-reader.ts';
import { describePacket, groupRecords, isComplete, type TracedPacket } from './traced-packets.ts';
import { Tracing } from './tracing.ts';

let sample: SampleBench;
let reader: TraceReader;
let tracing: Tracing;

beforeEach(async () => {
  sample = await openSampleBench();
  reader = new TraceReader(sample.source);
  tracing = new Tracing(new ModeBits(sample.bench.view), () => sample.interfaces);
});

test('a traced packet leaves one record a stage, in order, with headers and decisions', () => {
  tracing.enable('user');
  sample.bench.receive(0, [sampleFrame()]);
  const [packet, ...others] = packets();
  assert.equal(others.length, 0);
  assert.equal(packet?.iface, 'p0');
  assert.equal(packet?.length, 60);
  assert.deepEqual(
    packet?.steps.map((step) => `${step.stage} → ${step.edge}: ${step.decision}`),
    [
      'sample-receive → sample-input: vrf 1',
      'sample-input → sample-route: by sample-types',
      'sample-route → sample-output: next hop 7, out by p1',
      'sample-output → sent: Handed to a port for transmission.',
    ],
  );
  assert.deepEqual(
    packet?.steps.map((step) => step.headers.map((header) => header.layer).join(' ')),
    ['ether ipv4 udp payload', 'ether ipv4 udp payload', 'ipv4 udp payload', 'ipv4 udp payload'],
  );
});

test('a dropped packet says why', () => {
  tracing.enable('user', 1);
  sample.bench.receive(0, [sampleFrame({ ttl: 1 })]);
  const last = packets()[0]?.steps.at(-1);
  assert.deepEqual(
    [last?.edge, last?.drop, last?.decision],
    ['sample-ttl', true, "The packet's time to live has run out."],
  );
});

test('only the chosen interface is traced', () => {
  tracing.enable('user', 2);
  sample.bench.receive(0, [sampleFrame()]);
  sample.bench.receive(1, [sampleFrame()]);
  assert.deepEqual(
    packets().map((packet) => packet.iface),
    ['p1'],
  );
});

test('without a trace packets take the fast way and leave nothing', () => {
  tracing.enable('user');
  tracing.disable('user');
  assert.equal(sample.bench.view.getUint32(CONTROL_MODE, true), 0);
  sample.bench.receive(0, [sampleFrame()]);
  sample.bench.receive(0, [sampleFrame()]);
  assert.equal(packets().length, 0);
});

test('tracing of one interface goes on when another owner ends its trace of all', () => {
  tracing.enable('user', 1);
  tracing.enable('packet log');
  tracing.disable('packet log');
  sample.bench.receive(0, [sampleFrame()]);
  sample.bench.receive(1, [sampleFrame()]);
  assert.equal(packets().length, 1);
});

test('taking one interface out of a trace of all leaves the others traced', () => {
  tracing.enable('user');
  tracing.disable('user', 1);
  sample.bench.receive(0, [sampleFrame()]);
  sample.bench.receive(1, [sampleFrame()]);
  assert.deepEqual(
    packets().map((packet) => packet.iface),
    ['p1'],
  );
});

test('packets of the router itself are traced when all are', () => {
  tracing.enable('user');
  sample.bench.inject('sample-route', sampleFrame().subarray(14), { iface: 1, etherType: 0x0008 });
  assert.deepEqual(
    packets()[0]?.steps.map((step) => step.stage),
    ['sample-route', 'sample-output'],
  );
  tracing.disable('user');
  tracing.enable('user', 1);
  reader.clear();
  sample.bench.inject('sample-route', sampleFrame().subarray(14), { iface: 1, etherType: 0x0008 });
  assert.equal(packets().length, 0);
});

test('a measured burst is traced like any other', () => {
  tracing.enable('user');
  sample.bench.receive(0, [sampleFrame(), sampleFrame()]);
  sample.bench.receive(0, [sampleFrame()]);
  assert.deepEqual(
    packets().map((packet) => packet.steps.length),
    [4, 4, 4],
  );
});

test('records that were overwritten are left out, and the newest stay readable', () => {
  tracing.enable('user');
  for (let i = 0; i < TRACE_SLOTS / 64 + 2; i++) {
    sample.bench.receive(
      0,
      Array.from({ length: 16 }, () => sampleFrame()),
    );
  }
  assert.equal(reader.peek().length, TRACE_SLOTS);
  assert.equal(new Set(reader.peek().map((record) => record.number)).size, TRACE_SLOTS);
});

test('a record that is being written is not shown', () => {
  tracing.enable('user');
  sample.bench.receive(0, [sampleFrame()]);
  const second = WORKER_AREAS + WORKER_TRACE + 64 + TRACE_BYTES;
  sample.bench.view.setUint32(second + 40, 0, true);
  assert.deepEqual(
    reader.peek().map((record) => record.number),
    [0, 2, 3],
  );
});

test('cleared records are forgotten, later ones are shown', () => {
  tracing.enable('user');
  sample.bench.receive(0, [sampleFrame()]);
  reader.clear();
  assert.equal(packets().length, 0);
  sample.bench.receive(0, [sampleFrame()]);
  assert.equal(packets().length, 1);
});

test('packets are dated by the clock of the worker that received them', () => {
  tracing.enable('user');
  sample.bench.receive(0, [sampleFrame()]);
  sample.bench.clock += 5_000n;
  const clock = clockNow(1_000_000_000n, sample.bench.clock, 1_700_000_000_000_000_000n);
  assert.equal(packets(clock)[0]?.timeNs, 1_699_999_999_999_995_000n);
});

test('who follows is given each packet once, when its way has ended, and nothing is traced after that', async () => {
  const followers = new TraceFollowers({ source: sample.source, graph: sample.source.info.graph, tracing });
  const [first, second] = [1, 1].map((iface) => followers.follow(iface, new AbortController().signal));
  assert.deepEqual((await first?.next())?.value, []);
  assert.deepEqual((await second?.next())?.value, []);
  for (const expected of [2, 1]) {
    sample.bench.receive(
      0,
      Array.from({ length: expected }, () => sampleFrame()),
    );
    sample.bench.receive(1, [sampleFrame()]);
    for (const each of [first, second]) assert.equal((await each?.next())?.value?.length, expected);
  }
  await first?.return(undefined);
  assert.notEqual(sample.bench.view.getUint32(CONTROL_MODE, true), 0);
  await second?.return(undefined);
  assert.equal(sample.bench.view.getUint32(CONTROL_MODE, true), 0);
});

test('at most sixteen follow at once', async () => {
  const followers = new TraceFollowers({ source: sample.source, graph: sample.source.info.graph, tracing });
  const follow = () => followers.follow(undefined, new AbortController().signal);
  const all = Array.from({ length: 16 }, follow);
  await Promise.all(all.map((each) => each.next()));
  await assert.rejects(follow().next(), { code: 'EBUSY' });
  await Promise.all(all.map((each) => each.return(undefined)));
  assert.equal(sample.bench.view.getUint32(CONTROL_MODE, true), 0);
});

function packets(clock = clockNow(1_000_000_000n, sample.bench.clock)): readonly TracedPacket[] {
  const { graph } = sample.source.info;
  const groups = groupRecords(reader.peek());
  assert.ok(groups.every((group) => isComplete(group, graph)));
  return groups.map((group) => describePacket(group, { graph, interfaces: sample.interfaces, clock }));
}
