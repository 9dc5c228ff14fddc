import type { Logger } from 'pino';
import {
  BURST_MAX,
  CONTROL_BURST,
  CONTROL_POLL,
  CONTROL_SNAPLEN,
  CONTROL_TICKS_PER_SECOND,
  CONTROL_VECTOR,
} from '../layout.ts';
import type { ApiService } from './api/service.ts';
import { ControlCpus } from './control-cpus.ts';
import { CurrentDatapath } from './current-datapath.ts';
import {
  CONTROL_WORKER,
  type Datapath,
  type EngineFunctions,
  engineFunctionNames,
  type Instance,
  instantiate,
  nodeNamed,
} from './datapath.ts';
import { datapathService } from './datapath-service.ts';
import { Dispatch } from './dispatch.ts';
import { burstFunctions, cyclesPerSecond, type EalInfo, ealCleanup, poolCreate } from './dpdk.ts';
import type { EarlyStart, LoadedBuild } from './early-start.ts';
import type { Needs } from './fits.ts';
import { LiveFunctions } from './live-functions.ts';
import { ModeBits } from './mode-bits.ts';
import { type PacketFields, type PacketHandle, Packets } from './packets.ts';
import type { ProbedAhead } from './probed-ahead.ts';
import { type Punt, Punts } from './punts.ts';
import { Rewrites } from './rewrites.ts';
import type { RouterEvent } from './router-event.ts';
import { Settling } from './settling.ts';
import { shareMemory } from './shared-memory.ts';
import { StageGuard } from './stage-guard.ts';
import { DatapathSwap } from './swap.ts';
import { clearCounters } from './telemetry/counters.ts';
import { Traps } from './traps.ts';
import { Troubles } from './troubles.ts';
import type { WorkerView } from './worker-handle.ts';
import { placeOfWorker } from './worker-place.ts';
import { Workers } from './workers.ts';

/** How a router is to run. */
export interface RouterOptions {
  readonly datapathFile: string;
  /** The module that exports `trials`: what a build must pass before it takes over from this one. */
  readonly trials: URL;
  /** What began before the rest of the program was loaded. */
  readonly early: EarlyStart;
  readonly probed: ProbedAhead;
  /** Packet buffers in the pool, and bytes of each, headroom included; longer packets are chains. */
  readonly buffers: number;
  readonly bufferBytes: number;
  /** True: workers never sleep. */
  readonly poll: boolean;
  readonly log: Logger;
  readonly emit: (event: RouterEvent) => void;
}

/** The vRouter machine: DPDK, the shared memory, the workers and the control thread's hands on all three. */
export class Router {
  readonly log: Logger;
  readonly eal: EalInfo;
  /** Milliseconds that EAL took to start. */
  readonly ealMs: number;
  readonly datapath: CurrentDatapath;
  readonly memory: Uint8Array;
  readonly view: DataView;
  readonly workers: Workers;
  readonly packets: Packets;
  readonly dispatch: Dispatch;
  readonly mode: ModeBits;
  readonly traps: Traps;
  readonly swap: DatapathSwap;
  /** Who can write which tables again, when another build has them elsewhere. */
  readonly rewrites: Rewrites;
  /** Devices that were probed before anybody has asked for them. */
  readonly probed: ProbedAhead;
  /** What answers of the API wait for. */
  readonly settling = new Settling();
  readonly controlCpus = new ControlCpus(() => this.workers.list);
  /** What is wrong now. */
  readonly troubles = new Troubles();
  /** What the API serves: features add theirs before it starts. */
  readonly services: ApiService[] = [];
  readonly #functions: LiveFunctions;
  readonly #engine: EngineFunctions;
  readonly #nodes = new Map<string, number>();
  readonly #punts: Punts;
  readonly #emit: (event: RouterEvent) => void;
  readonly #reclaimer: NodeJS.Timeout;

  private constructor(options: RouterOptions, eal: EalInfo, { code, datapath: first }: LoadedBuild) {
    const datapath = new CurrentDatapath(first);
    const pool = poolCreate({
      name: 'packets',
      count: options.buffers,
      dataRoom: options.bufferBytes,
      cacheSize: 256,
    });
    const { memory: shared, mapping } = shareMemory(pool);
    const host = burstFunctions();
    const workerStride = regionOf(datapath, 'WORKER_STRIDE');
    this.log = options.log;
    this.#emit = options.emit;
    this.eal = eal;
    this.probed = options.probed;
    this.ealMs = Math.round(eal.startMs);
    this.datapath = datapath;
    this.memory = new Uint8Array(shared.buffer);
    this.view = new DataView(shared.buffer);
    this.rewrites = new Rewrites(this.memory);
    this.mode = new ModeBits(this.view);
    this.traps = new Traps({
      datapath,
      guard: new StageGuard(this.view, this.mode),
      troubles: this.troubles,
      log: this.log,
      emit: this.#emit,
    });
    const instanceOf = (of: Datapath, worker: number) =>
      instantiate({ datapath: of, memory: shared, host, worker, packetDelta: mapping.delta });
    const controlInstance = (of: Datapath) => instanceOf(of, CONTROL_WORKER);
    this.#functions = new LiveFunctions(controlInstance(first).exports);
    this.#engine = this.#functions.take<EngineFunctions>(engineFunctionNames);
    this.dispatch = new Dispatch(datapath, this.view);
    this.packets = new Packets({
      memory: this.memory,
      host,
      delta: mapping.delta,
      workerStride,
      wake: (worker) => this.workers.wake(worker),
    });
    this.#punts = new Punts({
      memory: this.memory,
      packets: this.packets,
      workerStride,
      onError: (error) => this.log.error({ error }, 'a packet for the control thread failed'),
    });
    this.workers = new Workers({
      datapath: { module: datapath.module },
      memory: shared,
      packetDelta: mapping.delta,
      workerStride,
      engine: this.#engine,
      threads: options.early.threads,
      placeOf: (area) => placeOfWorker(this.view, area, datapath.info.graph),
      tidy: (index) => this.#tidy(() => instanceOf(datapath.fixed, index)),
      listener: {
        trapped: (worker, trap) => void (this.swap.noteTrap(worker, trap) || this.traps.note(worker, trap)),
        swapped: () => this.swap.noteWorkers(),
        forced: ({ index, cpu }) =>
          this.log.error(
            { worker: index, cpu, place: this.workers.placeOf(index) },
            'a worker stands still and is ended by force',
          ),
        died: (worker, error) =>
          this.log.fatal({ worker: worker.index, cpu: worker.cpu, error }, 'a worker has died'),
      },
    });
    this.swap = new DatapathSwap({
      datapath,
      functions: this.#functions,
      rewrites: this.rewrites,
      trials: options.trials,
      code,
      file: options.datapathFile,
      needs: () => this.#needs(),
      instantiate: controlInstance,
      swapWorkers: (module) => this.workers.swap(module),
      areWorkersCurrent: () => this.workers.areCurrent,
      quiet: () => this.quiet(),
      clearCounters: (node) => clearCounters({ view: this.view, info: datapath.info }, node),
      troubles: this.troubles,
      log: this.log,
      emit: this.#emit,
    });
    this.services.push(datapathService(this));
    this.troubles.onChange(() => this.#chooseTarget());
    this.#writeControlBlock(options.poll);
    this.#reclaimer = setInterval(() => this.#reclaim(), RECLAIM_MS).unref();
  }

  /** Waits for EAL and the datapath, makes the memory and the workers. @throws DpdkError with what is missing */
  static async start(options: RouterOptions & { readonly datapathCpus: readonly number[] }): Promise<Router> {
    const [eal, build] = await Promise.all([options.early.eal, options.early.build]);
    const router = new Router(options, eal, build);
    for (const cpu of options.datapathCpus) await router.addWorker(cpu);
    router.#punts.start();
    return router;
  }

  /** Starts one more worker. */
  async addWorker(cpu: number): Promise<WorkerView> {
    const worker = await this.workers.add(cpu);
    this.#chooseTarget();
    return worker;
  }

  /** Ends a worker; its queues can be polled by others then. @throws ApiError ETIMEDOUT */
  async removeWorker(index: number): Promise<void> {
    this.packets.target = this.workers.list.find((worker) => worker.index !== index)?.index;
    await this.workers.remove(index);
  }

  /** Packets of the control thread go to a worker that moves, if there is one. */
  #chooseTarget(): void {
    const { list } = this.workers;
    const moving = list.find(({ index }) => !this.troubles.find('worker', String(index)));
    this.packets.target = (moving ?? list[0])?.index;
  }

  /** Id of a stage or drop. @throws Error when the datapath has none of that name */
  node(name: string): number {
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const { id } = nodeNamed(this.datapath.info, name);
    this.#nodes.set(name, id);
    return id;
  }

  /** Address of a table, as the features' layout.ts name it. */
  region(name: string): number {
    return regionOf(this.datapath, name);
  }

  /** A feature's functions in the datapath, all of which must be there. */
  tables<T>(names: readonly (keyof T & string)[]): T {
    return this.#functions.take<T>(names);
  }

  /** Chooses who takes what a stage punts. */
  onPunt(stage: string, handler: (punt: Punt) => void): void {
    this.#punts.on(this.node(stage), handler);
  }

  /** Gives a packet to a stage; false when no worker could take it, and the packet is freed then. */
  inject(packet: PacketHandle, stage: string, fields: PacketFields): boolean {
    return this.packets.inject(packet, this.node(stage), fields);
  }

  /** The same for a packet that nobody waits for, such as one that is dropped: no worker's sleep is ended for it. */
  injectUnhurried(packet: PacketHandle, stage: string, fields: PacketFields): boolean {
    return this.packets.injectUnhurried(packet, this.node(stage), fields);
  }

  /** Makes a packet of bytes and gives it to a stage; false when there was no buffer or no worker for it. */
  send(bytes: Uint8Array, stage: string, fields: PacketFields): boolean {
    const packet = this.packets.make(bytes);
    return packet !== undefined && this.inject(packet, stage, fields);
  }

  /** Tells an event to whoever watches. */
  emit(event: RouterEvent): void {
    this.#emit(event);
  }

  /** Waits until no worker sees what was unlinked before. */
  quiet(): Promise<void> {
    return this.workers.quiet();
  }

  /** The same for what nobody waits for: no worker's sleep is ended for it. */
  quietUnhurried(): Promise<void> {
    return this.workers.quietUnhurried();
  }

  /** Ends workers and EAL; ports must have been closed. */
  async close(): Promise<void> {
    clearInterval(this.#reclaimer);
    await this.workers.close();
    this.#punts.close();
    ealCleanup();
  }

  /** Gives back the packets of a worker whose thread was ended by force, from this one. */
  #tidy(instance: () => Instance): void {
    try {
      instance().engine.retire();
    } catch (error) {
      this.log.error({ error }, 'packets of a worker that was ended by force are lost');
    }
  }

  #writeControlBlock(poll: boolean): void {
    this.view.setUint32(CONTROL_BURST, BURST_MAX, true);
    this.view.setUint32(CONTROL_VECTOR, VECTOR, true);
    this.view.setUint32(CONTROL_POLL, poll ? 1 : 0, true);
    this.view.setUint32(CONTROL_SNAPLEN, 65535, true);
    this.view.setBigUint64(CONTROL_TICKS_PER_SECOND, BigInt(cyclesPerSecond()), true);
  }

  /** Lets retired table blocks be used again once every worker has moved on. */
  #reclaim(): void {
    this.#engine.newEpoch();
    this.#engine.reclaim();
  }

  /** All that another build must have: what was asked for by name, here or for a table. */
  #needs(): Needs {
    const entries = this.dispatch.entries.map(({ stage }) => stage);
    return {
      nodes: [...new Set([...this.#nodes.keys(), ...entries])],
      functions: this.#functions.parameters,
      rewrites: this.rewrites.needs,
    };
  }
}

const RECLAIM_MS = 50;
/** Packets that a stage takes at once, unless somebody says otherwise. */
const VECTOR = 256;

function regionOf(datapath: Datapath, name: string): number {
  const address = datapath.info.regions[name];
  if (address === undefined) throw new Error(`the datapath has no table ${name}`);
  return address;
}
