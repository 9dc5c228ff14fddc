import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { name } from '../command/argument-types.ts';
import { engineCommands } from './cli.ts';
import {
  CaptureService,
  EventService,
  GraphService,
  LogService,
  StatsService,
  TraceService,
} from './host/api/engine_pb.js';
import { CtlBench } from './host/api/testing/ctl-bench.ts';
import { fakeService } from './host/api/testing/fake-service.ts';

const tracedPacket = {
  trace: 7,
  timeNs: 1_700_000_000_000_000_042n,
  cpuId: 1,
  iface: 'p0',
  length: 98,
  steps: [
    {
      stage: 'ip-input',
      edge: 'drop',
      decision: 'the checksum is wrong',
      headers: [{ name: 'ipv4', fields: [{ name: 'src', value: '192.0.2.1' }] }],
    },
  ],
};
const ctl = new CtlBench({
  commands: engineCommands((help) => name(help)),
  services: [
    fakeService(StatsService, {
      listStageStats: () => ({
        stats: [
          { node: 'port-rx', batches: 10n, packets: 100n, cycles: 5000n, position: 0 },
          { node: 'ip-input', batches: 10n, packets: 90n, cycles: 9000n, position: 2 },
          { node: 'ether-input', batches: 10n, packets: 95n, cycles: 100n, position: 1 },
          { node: 'ip-drop', position: 3, drop: true },
        ],
      }),
      listDeviceStats: () => ({
        stats: [
          { iface: 'p0', name: 'rx_good_packets', value: 5n },
          { iface: 'p0', name: 'rx_errors', value: 0n },
        ],
      }),
    }),
    fakeService(GraphService, {
      getGraph: () => ({
        stages: [
          { name: 'port-rx', layer: 'port' },
          { name: 'ip-input', layer: 'ip' },
          { name: 'drop', drop: true },
        ],
        edges: [
          { from: 'port-rx', to: 'ip-input', name: 'ip4' },
          { from: 'ip-input', to: 'drop', name: 'bad-checksum' },
        ],
      }),
      getGraphConfig: () => ({ config: { vectorMax: 64, rxBurstMax: 32 } }),
    }),
    fakeService(TraceService, {
      listTraces: () => ({ packets: [tracedPacket] }),
      async *followTraces() {
        yield {};
        for (;;) yield { packets: [tracedPacket] };
      },
    }),
    fakeService(CaptureService, {
      async *capture() {
        yield { chunk: Buffer.from([0x0a, 0x0d]) };
        yield { chunk: Buffer.from([0xff, 0x00]) };
      },
    }),
    fakeService(EventService, {
      async *watchEvents() {
        const event = { type: 'iface add', text: 'p0', timeNs: 5n, fields: [{ name: 'iface', value: 'p0' }] };
        for (;;) yield { events: [event, { ...event, text: 'p1' }] };
      },
    }),
    fakeService(LogService, { listLogLevels: () => ({ levels: [{ name: 'engine', level: 'info' }] }) }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('stages are listed in the order of the graph, without those that did nothing', async () => {
  const { out } = await ctl.run('stats');
  assert.equal(
    out,
    [
      'NODE         BATCHES  PACKETS  PKTS/BATCH  CYCLES/BATCH  CYCLES/PKT',
      'port-rx           10      100          10           500          50',
      'ether-input       10       95         9.5            10         1.1',
      'ip-input          10       90           9           900         100',
      '',
    ].join('\n'),
  );
});

test('the list of stages is filtered, ordered and shortened', async () => {
  assert.deepEqual(await ctl.json('stats show software brief zero pattern ip-* order name cpu 1'), {
    'ip-drop': 0,
    'ip-input': 90,
  });
  assert.deepEqual(ctl.calls[0]?.request, { cpu: 1 });
  const { out } = await ctl.run('stats order cycles brief');
  assert.match(out, /ip-input[\s\S]*port-rx[\s\S]*ether-input/);
});

test('counters of devices are listed, and refuse what they do not have', async () => {
  assert.deepEqual(await ctl.json('stats hardware'), { 'p0.rx_good_packets': 5 });
  const { error } = await ctl.run('stats hardware cpu 1');
  assert.match(error, /Invalid argument \(EINVAL\)\n {2}showing hardware counters: expected no CPU/);
});

test('counters are reset', async () => {
  assert.deepEqual(await ctl.requests('stats reset'), [{ method: 'resetStats', request: {} }]);
});

test('the graph is text for graphviz', async () => {
  const { out } = await ctl.run('graph');
  assert.match(out, /^digraph millrace \{\n/);
  assert.match(out, /"port-rx" -> "ip-input" \[label="ip4"\];/);
  assert.doesNotMatch(out, /drop/);
  const full = await ctl.run('graph show full layers compact');
  assert.match(full.out, /subgraph "cluster_ip"/);
  assert.match(full.out, /"ip-input" -> "drop";/);
});

test('the limits of bursts are shown and set', async () => {
  assert.deepEqual(await ctl.json('graph config'), { vector_max: 64, rx_burst_max: 32 });
  const [call] = await ctl.requests('graph config set rx-burst-max 16');
  assert.deepEqual(call?.request, { rx_burst_max: 16 });
});

test('tracing is started for one interface and stopped for all', async () => {
  const [start] = await ctl.requests('trace enable iface p0');
  assert.deepEqual(start?.request, { iface: 'p0', enabled: true });
  const [stop] = await ctl.requests('trace disable all');
  assert.deepEqual(stop?.request, { enabled: false });
  assert.deepEqual(await ctl.requests('trace clear'), [{ method: 'clearTraces', request: {} }]);
});

test('a traced packet is shown stage by stage', async () => {
  const { out } = await ctl.run('trace show count 1');
  assert.equal(
    out,
    [
      '22:13:20.000000042 cpu 1 p0 98 bytes',
      '  ip-input -> drop (the checksum is wrong)',
      '    ipv4 src=192.0.2.1',
      '',
    ].join('\n'),
  );
});

test('traced packets are shown as they come until the count is reached', async () => {
  const { out } = await ctl.run('trace follow iface p0 count 2');
  assert.equal(out.match(/ p0 98 bytes\n {2}ip-input -> drop/g)?.length, 2);
  assert.deepEqual(ctl.calls[0]?.request, { iface: 'p0' });
});

test('a traced packet as JSON has its headers decoded', async () => {
  assert.deepEqual(await ctl.json('trace show'), [
    {
      trace: 7,
      time_ns: '1700000000000000042',
      cpu_id: 1,
      iface: 'p0',
      length: 98,
      steps: [
        {
          stage: 'ip-input',
          edge: 'drop',
          decision: 'the checksum is wrong',
          drop: false,
          headers: [{ name: 'ipv4', src: '192.0.2.1' }],
        },
      ],
    },
  ]);
});

test('a capture is bytes as they come', async () => {
  const { out } = await ctl.run('capture iface p0 drops count 2 snaplen 96');
  assert.deepEqual(Buffer.from(out).subarray(0, 2), Buffer.from([0x0a, 0x0d]));
  assert.deepEqual(ctl.calls[0]?.request, { iface: 'p0', drops: true, count: 2, snaplen: 96 });
});

test('events are shown until the count is reached', async () => {
  const { out } = await ctl.run('events count 3 type iface type "nh new" replay 5');
  assert.equal(out, 'iface add: p0\niface add: p1\niface add: p0\n');
  assert.deepEqual(ctl.calls[0]?.request, { types: ['iface', 'nh new'], replay: 5 });
});

test('an event as JSON is one line', async () => {
  assert.deepEqual(await ctl.json('events show count 1'), {
    time_ns: '5',
    type: 'iface add',
    text: 'p0',
    fields: { iface: 'p0' },
  });
});

test('log levels are listed and set by patterns', async () => {
  assert.deepEqual(await ctl.json('log level show all'), [{ name: 'engine', level: 'info' }]);
  const [call] = await ctl.requests('log level set pmd.*:debug lib.eal:error');
  assert.deepEqual(call?.request, {
    levels: [
      { name: 'pmd.*', level: 'debug' },
      { name: 'lib.eal', level: 'error' },
    ],
  });
  const { code } = await ctl.run('log level set engine:loud');
  assert.equal(code, 1);
});

test('the log of packets is switched', async () => {
  assert.deepEqual(await ctl.requests('log packets enable'), [
    { method: 'setPacketLog', request: { enabled: true } },
  ]);
});
