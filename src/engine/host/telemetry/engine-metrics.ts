import { CONTROL_ARENA_USED, PACKET_BUFFERS } from '../../layout.ts';
import type { Traps } from '../traps.ts';
import { ROUTER_PREFIX } from './metrics.ts';
import type { NodeStatistics, NodeStats } from './node-stats.ts';
import type { MetricFamily, Sample } from './openmetrics.ts';
import type { TelemetrySource } from './source.ts';
import { readWorkerState, type WorkerState } from './worker-state.ts';
import type { WatchedWorker } from './worker-watch.ts';

/** What the engine's own metrics are read from. */
export interface EngineMetricsOptions {
  readonly source: TelemetrySource;
  /** Statistics that nobody resets: counters of a scraper must not fall. */
  readonly statistics: NodeStatistics;
  readonly workers: () => readonly WatchedWorker[];
  /** Workers that stand still. */
  readonly stuck: () => readonly WatchedWorker[];
  /** Traps of a stage, and whether it is off; see host/traps.ts. */
  readonly traps?: Pick<Traps, 'ofStage'>;
  /** Packets of the control thread that no worker could take. */
  readonly lostInjected?: () => number;
  /** Packet buffers of the pool. */
  readonly buffers?: () => { readonly inUse: number; readonly available: number };
}

/** Gives the metrics of stages, drops, workers, packet buffers and the process. */
export function engineMetrics(options: EngineMetricsOptions): readonly MetricFamily[] {
  const { source, statistics, workers } = options;
  const states = workers().map((worker) => ({
    worker,
    state: readWorkerState(source, worker.index),
    stats: statistics.list([worker.index]),
  }));
  return [
    ...stageMetrics(statistics, states),
    ...workerMetrics(states),
    stuckMetric(states, options.stuck()),
    ...(options.traps ? trapMetrics(source, options.traps) : []),
    ...(options.lostInjected ? [lostMetric(options.lostInjected())] : []),
    ...(options.buffers ? [bufferMetric(options.buffers())] : []),
    tableMetric(source),
    ...processMetrics(),
  ];
}

interface WorkerReading {
  readonly worker: WatchedWorker;
  readonly state: WorkerState;
  readonly stats: readonly NodeStats[];
}

function stageMetrics(statistics: NodeStatistics, readings: readonly WorkerReading[]): MetricFamily[] {
  const stages = (name: string, help: string, value: (stats: NodeStats) => bigint): MetricFamily => ({
    name: `${ROUTER_PREFIX}stage_${name}`,
    type: 'counter',
    help,
    samples: readings.flatMap(({ worker, stats }) =>
      stats
        .filter(({ node }) => node.kind === 'stage')
        .map((each) => ({ labels: { stage: each.node.name, cpu: worker.cpu }, value: value(each) })),
    ),
  });
  const ends = (kind: 'drop' | 'ending', name: string, help: string): MetricFamily => ({
    name: ROUTER_PREFIX + name,
    type: 'counter',
    help,
    samples: statistics
      .list()
      .filter(({ node }) => node.kind === kind)
      .map(({ node, packets }) => ({ labels: { [kind]: node.name }, value: packets })),
  });
  return [
    stages('packets', 'Packets that passed a stage.', (stats) => stats.packets),
    stages('batches', 'Batches in which they came.', (stats) => stats.batches),
    stages('cycles', 'Cycles spent in a stage, estimated from measured bursts.', (stats) => stats.cycles),
    ends('drop', 'dropped_packets', 'Packets dropped, by reason.'),
    ends('ending', 'ended_packets', 'Packets that ended alive, by where.'),
  ];
}

function workerMetrics(readings: readonly WorkerReading[]): MetricFamily[] {
  const counted = (
    name: string,
    help: string,
    value: (state: WorkerState) => bigint | number,
  ): MetricFamily => ({
    name: `${ROUTER_PREFIX}worker_${name}`,
    type: 'counter',
    help,
    samples: readings.map(({ worker, state }) => ({ labels: labelsOf(worker), value: value(state) })),
  });
  return [
    counted('rounds', 'Times that a worker asked its queues for packets.', (state) => state.rounds),
    counted('busy_rounds', 'Rounds that found a packet.', (state) => state.busyRounds),
    counted('sleeps', 'Times that a worker went to sleep.', (state) => state.sleeps),
    counted('traps', 'Traps that a worker has survived.', (state) => state.traps),
    counted('trapped_packets', 'Packets lost to traps.', (state) => state.trapped),
    counted('lost_events', 'Messages to the control thread without room.', (state) => state.eventsLost),
    counted('lost_captures', 'Captured packets without room.', (state) => state.capturesLost),
  ];
}

function stuckMetric(readings: readonly WorkerReading[], stuck: readonly WatchedWorker[]): MetricFamily {
  const indices = new Set(stuck.map((worker) => worker.index));
  return {
    name: `${ROUTER_PREFIX}worker_stuck`,
    type: 'gauge',
    help: 'Whether a worker has begun no round for a second or more.',
    samples: readings.map(({ worker }) => ({
      labels: labelsOf(worker),
      value: indices.has(worker.index) ? 1 : 0,
    })),
  };
}

function trapMetrics({ info }: TelemetrySource, traps: Pick<Traps, 'ofStage'>): MetricFamily[] {
  const stages = info.graph.nodes.filter(({ kind }) => kind === 'stage');
  return [
    {
      name: `${ROUTER_PREFIX}stage_traps`,
      type: 'counter',
      help: 'Traps that happened in a stage; each has cost a burst.',
      samples: stages.map(({ name }) => ({ labels: { stage: name }, value: traps.ofStage(name).traps })),
    },
    {
      name: `${ROUTER_PREFIX}stage_disabled`,
      type: 'gauge',
      help: 'Whether a stage is off because it trapped too often.',
      samples: stages.map(({ name }) => ({
        labels: { stage: name },
        value: traps.ofStage(name).disabled ? 1 : 0,
      })),
    },
  ];
}

function lostMetric(value: number): MetricFamily {
  return {
    name: `${ROUTER_PREFIX}lost_injected_packets`,
    type: 'counter',
    help: 'Packets from the control thread that no worker could take.',
    samples: [{ value }],
  };
}

function labelsOf({ index, cpu }: WatchedWorker): Record<string, number> {
  return { worker: index, cpu };
}

function bufferMetric({ inUse, available }: { inUse: number; available: number }): MetricFamily {
  const samples: Sample[] = [
    { labels: { state: 'in_use' }, value: inUse },
    { labels: { state: 'available' }, value: available },
  ];
  return {
    name: `${ROUTER_PREFIX}packet_buffers`,
    type: 'gauge',
    help: 'Packet buffers of the pool.',
    samples,
  };
}

/** What tables have taken of the memory that they grow by; what is retired counts until it is free again. */
function tableMetric({ view, info }: TelemetrySource): MetricFamily {
  const inUse = view.getUint32(CONTROL_ARENA_USED, true);
  const size = PACKET_BUFFERS - (info.regions.ARENA ?? PACKET_BUFFERS);
  return {
    name: `${ROUTER_PREFIX}table_memory_bytes`,
    type: 'gauge',
    unit: 'bytes',
    help: 'Memory that routes and other tables grow by.',
    samples: [
      { labels: { state: 'in_use' }, value: inUse },
      { labels: { state: 'available' }, value: size - inUse },
    ],
  };
}

/** The names that clients of Prometheus in every language have agreed upon. */
function processMetrics(): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return [
    {
      name: 'process_cpu_seconds',
      type: 'counter',
      unit: 'seconds',
      help: 'CPU time of the router, workers included.',
      samples: [{ value: (user + system) / 1e6 }],
    },
    {
      name: 'process_resident_memory_bytes',
      type: 'gauge',
      unit: 'bytes',
      help: 'Memory of the router that is in RAM.',
      samples: [{ value: rss }],
    },
    {
      name: `${ROUTER_PREFIX}heap_bytes`,
      type: 'gauge',
      unit: 'bytes',
      help: 'JavaScript objects of the control thread.',
      samples: [{ value: heapUsed }],
    },
    {
      name: 'process_start_time_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'When the router was started, since 1970.',
      samples: [{ value: Math.round(performance.timeOrigin) / 1000 }],
    },
  ];
}
