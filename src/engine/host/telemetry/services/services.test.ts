import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import { name } from '../../../../command/argument-types.ts';
import { engineCommands } from '../../../cli.ts';
import { MODE_MEASURE } from '../../../layout.ts';
import { CtlBench } from '../../api/testing/ctl-bench.ts';
import { ModeBits } from '../../mode-bits.ts';
import { MOST_TRAPS, StageGuard } from '../../stage-guard.ts';
import { Traps } from '../../traps.ts';
import { Troubles } from '../../troubles.ts';
import { Captures } from '../captures.ts';
import { clockNow } from '../clock.ts';
import { Events } from '../events.ts';
import { Loggers } from '../loggers.ts';
import { NodeStatistics } from '../node-stats.ts';
import { PacketLog } from '../packet-log.ts';
import { openSampleBench, sampleDispatch } from '../testing/sample-bench.ts';
import { sampleFrame } from '../testing/sample-frames.ts';
import { tshark } from '../testing/tshark.ts';
import { TraceFollowers } from '../trace-followers.ts';
import { TraceReader } from '../trace-reader.ts';
import { Tracing } from '../tracing.ts';
import { captureService } from './capture-service.ts';
import { eventService } from './event-service.ts';
import { graphService } from './graph-service.ts';
import { logService } from './log-service.ts';
import { routerService } from './router-service.ts';
import { statsService } from './stats-service.ts';
import { traceService } from './trace-service.ts';

const { bench, source, interfaces } = await openSampleBench();
const mode = new ModeBits(bench.view);
const tracing = new Tracing(mode, () => interfaces);
const clock = () => clockNow(1_000_000_000n, bench.clock);
const statistics = new NodeStatistics(source);
const captures = new Captures({ source, mode, interfaces: () => interfaces, ticks: () => bench.clock });
const events = new Events();
const root = pino({}, { write: () => {} });
const loggers = new Loggers(root);
const { graph } = source.info;
const watched = () => interfaces;
const reader = new TraceReader(source);
const workers = () => [{ index: 0, cpu: 1 }];
const troubles = new Troubles();
const guard = new StageGuard(bench.view, mode);
const traps = new Traps({
  datapath: bench.datapath,
  guard,
  troubles,
  log: root,
  emit: (event) => events.emit(event),
});
let resets = 0;
const ctl = new CtlBench({
  commands: engineCommands((help) => name(help)),
  services: [
    statsService({
      statistics,
      workers,
      deviceCounters: () => [{ iface: 'p0', name: 'rx_missed', value: 3n }],
      reset: () => {
        statistics.reset();
        resets++;
      },
    }),
    graphService({
      view: bench.view,
      datapath: bench.datapath,
      dispatch: { entries: sampleDispatch },
      traps,
    }),
    routerService({ eal: { version: 'DPDK' }, troubles }, { version: '1', startupMs: 5 }),
    traceService({
      tracing,
      reader,
      followers: new TraceFollowers({ source, graph, tracing }),
      graph,
      interfaces: watched,
      clock,
      workers,
    }),
    captureService(captures, watched),
    eventService(events),
    logService({
      own: loggers,
      libraries: {
        list: () => [{ name: 'lib.eal', level: 'info' }],
        set: (pattern) => (pattern === 'lib.*' ? 1 : 0),
      },
      packetLog: new PacketLog({
        log: root,
        graph,
        tracing,
        reader: new TraceReader(source),
        interfaces: watched,
        clock,
      }),
    }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('stats count from their last reset, for one CPU or all', async () => {
  await ctl.run('stats reset');
  assert.equal(resets, 1);
  bench.receive(0, [sampleFrame(), sampleFrame({ ttl: 1 })]);
  const expected = {
    'sample-receive': 2,
    'sample-input': 2,
    'sample-route': 2,
    'sample-output': 1,
    sent: 1,
    'sample-ttl': 1,
  };
  assert.deepEqual(await ctl.json('stats brief'), expected);
  assert.deepEqual(await ctl.json('stats brief cpu 1'), expected);
  const { error } = await ctl.run('stats cpu 7');
  assert.match(error, /ENOENT.*\n.*expected a CPU with a worker, one of 1, got 7/);
  assert.deepEqual(await ctl.json('stats hardware'), { 'p0.rx_missed': 3 });
});

test('a stage that was switched off is in the health and the graph, and works again when it is enabled', async () => {
  const worker = { index: 0, cpu: 1, threadId: 1, queues: [] };
  const trap = { stage: bench.node('sample-route'), stack: '', dropped: 1, reason: 'unreachable' };
  for (let i = 0; i < MOST_TRAPS; i++) traps.note(worker, trap);
  const [trouble] = (await ctl.json('health')) as { name: string; trouble: string }[];
  assert.equal(trouble?.name, 'sample-route');
  assert.match(trouble.trouble, /trapped 10 times/);
  assert.match((await ctl.run('graph show')).out, /"sample-route" \[style=dotted, xlabel="disabled"\];/);
  assert.match(
    (await ctl.run('graph enable sample-input')).error,
    /expected a stage that is off \(sample-route\)/,
  );
  assert.match((await ctl.run('graph enable nothing')).error, /expected the name of a stage, got "nothing"/);
  await ctl.run('graph enable sample-route');
  assert.deepEqual(await ctl.json('health'), []);
  assert.doesNotMatch((await ctl.run('graph show')).out, /disabled/);
});

test('the graph has the edges of dispatch tables', async () => {
  const { out } = await ctl.run('graph show full layers');
  assert.match(out, /"sample-route" -> "sample-output";/);
  assert.match(out, /"sample-input" -> "sample-route" \[style=dashed, label="0x0800"/);
  assert.match(out, /"sample-ttl" \[color=red\];/);
});

test('bursts and batches are limited', async () => {
  await ctl.run('graph config set vector-max 2 rx-burst-max 3');
  assert.deepEqual(await ctl.json('graph config'), { vector_max: 2, rx_burst_max: 3 });
  await ctl.run('stats reset');
  mode.set(MODE_MEASURE, true);
  const frames = Array.from({ length: 5 }, () => sampleFrame());
  assert.equal(bench.receive(0, frames).sent.length, 3);
  assert.equal(bench.run().sent.length, 2);
  mode.set(MODE_MEASURE, false);
  const [first] = (await ctl.json('stats')) as [{ batches: number; packets: number }];
  assert.deepEqual([first.batches, first.packets], [3, 5]);
  const { error } = await ctl.run('graph config set rx-burst-max 65');
  assert.match(error, /ERANGE.*\n.*expected 1 to 64 packets, got 65/);
  await ctl.run('graph config set vector-max 256 rx-burst-max 64');
});

test('a traced packet is shown with headers and decisions, and then forgotten', async () => {
  await ctl.run('trace enable iface p0');
  bench.receive(0, [sampleFrame({ ttl: 1 })]);
  const { out } = await ctl.run('trace show');
  assert.match(out, / cpu 1 p0 60 bytes\n/);
  assert.match(out, /sample-input -> sample-route \(by sample-types\)\n/);
  assert.match(out, /sample-route -> drop sample-ttl \(The packet's time to live has run out\.\)\n/);
  const [packet] = (await ctl.json('trace show count 1')) as [{ steps: { headers: unknown[] }[] }];
  assert.deepEqual(packet.steps[0]?.headers[0], {
    name: 'ether',
    source: '02:00:00:00:00:09',
    destination: '02:00:00:00:00:01',
    ether_type: '0x0800',
  });
  await ctl.run('trace clear');
  await ctl.run('trace disable all');
  bench.receive(0, [sampleFrame()]);
  assert.deepEqual(await ctl.json('trace show'), []);
  assert.match((await ctl.run('trace enable iface p9')).error, /ENODEV/);
});

test('a capture is a file on standard output', async () => {
  const receiving = setInterval(() => bench.receive(0, [sampleFrame()]), 5);
  const { bytes } = await ctl.run('capture iface p0 count 2');
  clearInterval(receiving);
  assert.deepEqual(tshark(bytes, ['frame.comment', 'ip.src']), [
    ['p0 received', '192.0.2.1'],
    ['p0 received', '192.0.2.1'],
  ]);
  assert.match((await ctl.run('capture iface p9')).error, /ENODEV/);
});

test('events are repeated and told with their fields', async () => {
  events.emit({ type: 'addr4 add', text: 'iface=p0 192.0.2.1/24' });
  const { out } = await ctl.run('events replay 1 count 1');
  assert.equal(out, 'addr4 add: iface=p0 192.0.2.1/24\n');
  const told = (await ctl.json('events replay 1 count 1')) as { fields?: unknown };
  assert.deepEqual([told].flat()[0]?.fields, { iface: 'p0' });
});

test('log levels are listed and set, all or none', async () => {
  root.child({ component: 'port' });
  await ctl.run('log level set port:debug');
  assert.deepEqual(await ctl.json('log level'), [
    { name: 'port', level: 'debug' },
    { name: 'router', level: 'info' },
  ]);
  assert.deepEqual(await ctl.json('log level show all'), [
    { name: 'port', level: 'debug' },
    { name: 'router', level: 'info' },
    { name: 'lib.eal', level: 'info' },
  ]);
  await ctl.run('log packets enable');
  await ctl.run('log packets disable');
});
