import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { WORKER_AREAS, WORKER_COUNTERS } from '../../layout.ts';
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
  sample.bench.receive(0, frames(8)); // the first burst is measured
  setMeasuredCycles(4000n);
  sample.bench.receive(0, frames(3));
  assert.equal(cycles(), 5500n);
  statistics.reset();
  sample.bench.receive(0, frames(1));
  assert.equal(cycles(), 500n);
});

test('cycles of a few packets are not taken for those of all', () => {
  sample.bench.receive(0, frames(7));
  setMeasuredCycles(4_000_000n);
  sample.bench.receive(0, frames(100));
  assert.equal(cycles(), 0n);
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

function frames(count: number) {
  return Array.from({ length: count }, () => sampleFrame());
}

/** Sets what the first worker has measured of the first stage. */
function setMeasuredCycles(cycles: bigint): void {
  sample.bench.view.setBigUint64(WORKER_AREAS + WORKER_COUNTERS + 16, cycles, true);
}

/** Cycles of the first stage. */
function cycles(): bigint | undefined {
  return statistics.list()[0]?.cycles;
}
