import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { BusyRatios } from './busy-ratio.ts';
import { engineMetrics } from './engine-metrics.ts';
import { Metrics } from './metrics.ts';
import { MetricsServer, parseMetricsPlace } from './metrics-server.ts';
import { NodeStatistics } from './node-stats.ts';
import { writeMetrics } from './openmetrics.ts';
import { openSampleBench } from './testing/sample-bench.ts';
import { sampleFrame } from './testing/sample-frames.ts';

const run = promisify(execFile);
const unexpected = (error: unknown) => assert.fail(String(error));
const workers = () => [{ index: 0, cpu: 1 }];
// Debian's own Python: its package python3-prometheus-client is what set-up installs.
const python = '/usr/bin/python3';
const parserIsMissing =
  spawnSync(python, ['-c', 'import prometheus_client.openmetrics.parser']).status === 0
    ? false
    : 'python3-prometheus-client is not installed';

test('an independent parser reads all metrics', { skip: parserIsMissing }, async () => {
  const samples = parse(await sampleMetrics());
  assert.equal(samples['millrace_stage_packets_total{cpu=1,stage=sample-input}'], 2);
  assert.equal(samples['millrace_dropped_packets_total{drop=sample-ttl}'], 1);
  assert.equal(samples['millrace_dropped_packets_total{drop=tx-full}'], 0);
  assert.equal(samples['millrace_worker_busy_rounds_total{cpu=1,worker=0}'], 1);
  assert.equal(samples['millrace_worker_busy_ratio{cpu=1,worker=0}'], 0.5);
  assert.equal(samples['millrace_packet_buffers{state=in_use}'], 5);
  const tables = samples['millrace_table_memory_bytes{state=in_use}'] ?? -1;
  const rest = samples['millrace_table_memory_bytes{state=available}'] ?? 0;
  assert.ok(tables >= 0 && rest > 1e9, `${tables} bytes in use, ${rest} available`);
  assert.ok((samples['process_resident_memory_bytes{}'] ?? 0) > 1e6);
});

test('labels survive quotes, backslashes and line ends', { skip: parserIsMissing }, () => {
  const name = 'a"b\\c\nd';
  const text = writeMetrics([
    { name: 'x', type: 'gauge', help: `says "${name}"`, samples: [{ labels: { name }, value: 1.5 }] },
  ]);
  assert.deepEqual(parse(text), { [`x{name=${name}}`]: 1.5 });
});

test('two families of one name are refused', () => {
  const family = { name: 'x', type: 'gauge', help: 'X.', samples: [] } as const;
  assert.throws(() => writeMetrics([family, family]), /two families are named x/);
});

test('metrics are served over TCP with their type, and nothing else is', async () => {
  const server = new MetricsServer(() => '# EOF\n', unexpected);
  await server.start({ host: '127.0.0.1', port: 0 });
  const base = `http://127.0.0.1:${server.port}`;
  const answer = await fetch(`${base}/metrics`);
  assert.equal(
    answer.headers.get('content-type'),
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  );
  assert.equal(await answer.text(), '# EOF\n');
  assert.equal((await fetch(`${base}/`)).status, 404);
  assert.equal((await fetch(`${base}/metrics`, { method: 'POST', body: 'x' })).status, 405);
  const second = new MetricsServer(() => '', unexpected);
  await assert.rejects(second.start({ host: '127.0.0.1', port: server.port ?? 0 }), { code: 'EADDRINUSE' });
  await server.close();
});

test('metrics are served on a UNIX socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-metrics-'));
  const server = new MetricsServer(() => '# EOF\n', unexpected);
  await server.start(parseMetricsPlace(`unix:${folder}/metrics.sock`));
  const { stdout } = await run('curl', ['-s', '--unix-socket', `${folder}/metrics.sock`, 'http://x/metrics']);
  assert.equal(stdout, '# EOF\n');
  await server.close();
  rmSync(folder, { recursive: true });
});

test('a collector that fails costs one answer', async () => {
  const faults: unknown[] = [];
  const server = new MetricsServer(
    () => {
      throw new Error('broken');
    },
    (error) => faults.push(error),
  );
  await server.start({ host: '127.0.0.1', port: 0 });
  assert.equal((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status, 500);
  assert.equal(faults.length, 1);
  await server.close();
});

test('places are read as operators write them', () => {
  assert.deepEqual(parseMetricsPlace('127.0.0.1:9000'), { host: '127.0.0.1', port: 9000 });
  assert.deepEqual(parseMetricsPlace('[::1]:9000'), { host: '::1', port: 9000 });
  assert.deepEqual(parseMetricsPlace(':9000'), { host: '::', port: 9000 });
  assert.deepEqual(parseMetricsPlace('localhost'), { host: 'localhost', port: 9111 });
  for (const bad of ['', 'a:b:c', '1.2.3.4:70000', 'unix:', '::1:9000']) {
    assert.throws(() => parseMetricsPlace(bad), { code: 'EINVAL' }, bad);
  }
});

async function sampleMetrics(): Promise<string> {
  const { bench, source } = await openSampleBench();
  const statistics = new NodeStatistics(source);
  const ratios = new BusyRatios(source, workers);
  const metrics = new Metrics();
  const buffers = () => ({ inUse: 5, available: 95 });
  metrics.register(() => engineMetrics({ source, statistics, workers, stuck: () => [], buffers }));
  metrics.register(() => [ratios.metric()]);
  bench.receive(0, [sampleFrame(), sampleFrame({ ttl: 1 })]);
  bench.run();
  ratios.look();
  return metrics.collect();
}

/** Parses OpenMetrics text with the client library of Prometheus for Python. */
function parse(text: string): Readonly<Record<string, number>> {
  const script = [
    'import json, sys',
    'from prometheus_client.openmetrics.parser import text_string_to_metric_families as families',
    'key = lambda s: s.name + "{" + ",".join(f"{k}={v}" for k, v in sorted(s.labels.items())) + "}"',
    'print(json.dumps({key(s): s.value for f in families(sys.stdin.read()) for s in f.samples}))',
  ].join('\n');
  const parsed: unknown = JSON.parse(execFileSync(python, ['-c', script], { input: text }).toString());
  return parsed as Readonly<Record<string, number>>;
}
