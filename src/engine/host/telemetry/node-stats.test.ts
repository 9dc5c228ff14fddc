import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { NodeStatistics } from './node-stats.ts';
import { openSampleBench, type SampleBench } from './testing/sample-bench.ts';
import { sampleFrame } from './testing/sample-frames.ts';

let sample: SampleBench;
let statistics: NodeStatistics;

beforeEach(async () => {
  sample = await openSampleBench();
  statistics = new NodeStatistics(sample.source);
});

test('every node is counted: stages, endings and drops', () => {
  sample.bench.receive(0, [sampleFrame(), sampleFrame(), sampleFrame({ ttl: 1 })]);
  assert.deepEqual(packets(), {
    'sample-receive': 3n,
    'sample-input': 3n,
    'sample-route': 3n,
    'sample-output': 2n,
    sent: 2n,
    'sample-ttl': 1n,
  });
  const [first] = statistics.list();
  assert.equal(first?.batches, 1n);
});

test('a reset begins anew without touching the counters of the workers', () => {
  sample.bench.receive(0, [sampleFrame()]);
  statistics.reset();
  assert.deepEqual(packets(), {});
  sample.bench.receive(0, [sampleFrame(), sampleFrame()]);
  assert.equal(packets()['sample-input'], 2n);
  assert.equal(sample.bench.stagePackets('sample-input'), 3);
});

test('cycles of all packets are estimated from the measured ones', () => {
  sample.bench.receive(0, [sampleFrame()]);
  const counter = 0x100000 + 65536; // the first stage's, of the first worker
  sample.bench.view.setBigUint64(counter + 16, 500n, true);
  sample.bench.receive(0, [sampleFrame(), sampleFrame(), sampleFrame()]);
  const cycles = () => statistics.list().map((each) => each.cycles)[0];
  assert.equal(cycles(), 2000n);
  statistics.reset();
  sample.bench.receive(0, [sampleFrame()]);
  assert.equal(cycles(), 500n);
});

test('workers are counted together or one by one', () => {
  sample.bench.receive(0, [sampleFrame()]);
  assert.equal(statistics.list([0])[0]?.packets, 1n);
  assert.equal(statistics.list([1])[0]?.packets, 0n);
  assert.equal(statistics.list([0, 1])[0]?.packets, 1n);
});

function packets(): Record<string, bigint> {
  const counted = statistics.list().filter((each) => each.packets > 0n);
  return Object.fromEntries(counted.map((each) => [each.node.name, each.packets]));
}
