import { type TunnelPorts, wellKnownPorts } from '../../../net/frame/tunnels.ts';
import { CONTROL_TICKS_PER_SECOND } from '../../layout.ts';
import { burstFunctions, followDpdkLog, poolStats } from '../dpdk.ts';
import type { Router } from '../router.ts';
import type { RouterEvent } from '../router-event.ts';
import { causeOf, type Standstill } from '../standstill.ts';
import { kernelPlace, threadTimes } from '../thread-times.ts';
import { BusyRatios } from './busy-ratio.ts';
import { Captures } from './captures.ts';
import { type Clock, clockNow } from './clock.ts';
import { dpdkLoggers } from './dpdk-loggers.ts';
import { engineMetrics } from './engine-metrics.ts';
import { Events } from './events.ts';
import { Loggers } from './loggers.ts';
import { Metrics } from './metrics.ts';
import { MetricsServer, parseMetricsPlace } from './metrics-server.ts';
import { NodeStatistics } from './node-stats.ts';
import { PacketLog } from './packet-log.ts';
import { captureService } from './services/capture-service.ts';
import { eventService } from './services/event-service.ts';
import { graphService } from './services/graph-service.ts';
import { logService } from './services/log-service.ts';
import { routerService } from './services/router-service.ts';
import { type DeviceCounter, statsService } from './services/stats-service.ts';
import { traceService } from './services/trace-service.ts';
import type { TelemetrySource } from './source.ts';
import { TraceFollowers } from './trace-followers.ts';
import { TraceReader } from './trace-reader.ts';
import { Tracing } from './tracing.ts';
import { noInterfaces, type WatchedInterfaces } from './watched-interfaces.ts';
import { type WatchedWorker, WorkerWatch } from './worker-watch.ts';

/** What telemetry needs to know of the program that runs the router. */
export interface TelemetryContext {
  readonly version: string;
  readonly startupMs: number;
  readonly flags: {
    /** Where metrics are served: ADDR:PORT or unix:PATH. */
    readonly metrics: string | undefined;
    /** Log every packet's way from the start. */
    readonly tracePackets: boolean;
  };
  onEvent(listener: (event: RouterEvent) => void): void;
}

/** Everything that shows what the router does: counters, graph, traces, captures, events, log, metrics. */
export class Telemetry {
  readonly metrics = new Metrics();
  readonly events = new Events();
  readonly tracing: Tracing;
  readonly captures: Captures;
  /** What `stats` shows: it can be reset. */
  readonly statistics: NodeStatistics;
  /** The router's interfaces, once their feature has come. */
  interfaces: WatchedInterfaces = noInterfaces;
  /** Gives the counters that devices keep themselves. @throws ApiError ENODEV for an interface that is no device */
  deviceCounters: (iface: string | undefined) => readonly DeviceCounter[] = () => [];
  /** What the UDP ports carry that tunnels have, once their feature has come: traces show what is inside. */
  tunnelPorts: () => TunnelPorts = () => wellKnownPorts;
  readonly #router: Router;
  readonly #context: TelemetryContext;
  readonly #loggers: Loggers;
  readonly #packetLog: PacketLog;
  readonly #watch: WorkerWatch;
  readonly #ratios: BusyRatios;
  readonly #server: MetricsServer;
  readonly #resets: (() => void)[] = [];
  readonly #endDpdkLog: () => void;

  constructor(router: Router, context: TelemetryContext) {
    const source: TelemetrySource = { view: router.view, info: router.datapath.info };
    const { cycles } = burstFunctions();
    const ticks = () => BigInt(Math.round(cycles()));
    const clock = () => clockNow(router.view.getBigUint64(CONTROL_TICKS_PER_SECOND, true), ticks());
    const interfaces = () => this.interfaces;
    const tunnelPorts = () => this.tunnelPorts();
    this.#router = router;
    this.#context = context;
    this.#loggers = new Loggers(router.log);
    this.tracing = new Tracing(router.mode, interfaces);
    this.captures = new Captures({ source, mode: router.mode, interfaces, ticks });
    this.statistics = new NodeStatistics(source);
    const dpdkLog = router.log.child({ component: 'dpdk' });
    this.#endDpdkLog = followDpdkLog((line) => dpdkLog.info(line));
    this.#packetLog = new PacketLog({
      log: router.log.child({ component: 'packets' }),
      graph: source.info.graph,
      tracing: this.tracing,
      reader: new TraceReader(source),
      interfaces,
      clock,
      tunnelPorts,
    });
    this.#watch = new WorkerWatch({
      source,
      workers: () => router.workers.list,
      listener: this.#watchListener,
      timesOf: ({ index }) => threadTimes(router.workers.threadOf(index)),
    });
    this.#ratios = new BusyRatios(source, () => router.workers.list);
    this.#server = new MetricsServer(
      () => this.metrics.collect(),
      (error) => router.log.error({ error }, 'a metric could not be collected'),
    );
    this.#registerMetrics(source);
    this.#registerServices(source, clock);
    context.onEvent((event) => this.events.emit(event));
  }

  /** Calls this too when counters are reset. */
  onReset(reset: () => void): void {
    this.#resets.push(reset);
  }

  /** Begins to watch, and to serve metrics where the flags say so. @throws ApiError EINVAL, EADDRINUSE, … */
  async start(): Promise<void> {
    const { metrics, tracePackets } = this.#context.flags;
    this.#watch.start();
    if (tracePackets) this.#packetLog.enable(true);
    if (metrics === undefined) return;
    this.#ratios.start();
    await this.#server.start(parseMetricsPlace(metrics));
  }

  async close(): Promise<void> {
    this.#endDpdkLog();
    this.#watch.close();
    this.#ratios.close();
    this.#packetLog.enable(false);
    await this.#server.close();
  }

  #registerMetrics(source: TelemetrySource): void {
    const statistics = new NodeStatistics(source);
    const workers = () => this.#router.workers.list;
    const stuck = () => this.#watch.stuck;
    const { traps, packets } = this.#router;
    const lostInjected = () => packets.lost;
    this.metrics.register(() =>
      engineMetrics({ source, statistics, workers, stuck, traps, lostInjected, buffers: poolStats }),
    );
    this.metrics.register(() => [this.#ratios.metric()]);
  }

  #registerServices(source: TelemetrySource, clock: () => Clock): void {
    const router = this.#router;
    const interfaces = () => this.interfaces;
    const tunnelPorts = () => this.tunnelPorts();
    const { statistics, tracing, captures, events } = this;
    const reset = () => {
      statistics.reset();
      for (const each of this.#resets) each();
    };
    const deviceCounters = (iface: string | undefined) => this.deviceCounters(iface);
    const workers = () => router.workers.list;
    const { graph } = source.info;
    router.services.push(
      routerService(router, this.#context),
      statsService({ statistics, workers, deviceCounters, reset }),
      graphService(router),
      traceService({
        tracing,
        reader: new TraceReader(source),
        followers: new TraceFollowers({ source, graph, tracing }),
        graph,
        interfaces,
        clock,
        workers,
        tunnelPorts,
      }),
      captureService(captures, interfaces),
      eventService(events),
      logService({ own: this.#loggers, libraries: dpdkLoggers, packetLog: this.#packetLog }),
    );
  }

  readonly #watchListener = {
    stuck: ({ index, cpu }: WatchedWorker, standstill: Standstill) => {
      const { log, workers, troubles } = this.#router;
      const place = `${workers.placeOf(index)}${causeOf(standstill, kernelPlace(workers.threadOf(index)))}`;
      log.error({ worker: index, cpu, ...standstill, place }, 'a worker stands still');
      this.#router.emit({
        type: 'worker stuck',
        text: `worker=${index} cpu=${cpu} ms=${standstill.ms} ${place}`,
      });
      troubles.begin('worker', String(index), `stands still on CPU ${cpu} ${place}`);
    },
    moving: ({ index, cpu }: { readonly index: number; readonly cpu: number }) => {
      this.#router.log.info({ worker: index, cpu }, 'a worker moves again');
      this.#router.emit({ type: 'worker moving', text: `worker=${index} cpu=${cpu}` });
      this.#router.troubles.end('worker', String(index));
    },
    gone: (index: number) => this.#router.troubles.end('worker', String(index)),
  };
}
