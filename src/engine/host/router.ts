import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import {
  BURST_MAX,
  CONTROL_BURST,
  CONTROL_MODE,
  CONTROL_POLL,
  CONTROL_SNAPLEN,
  CONTROL_TICKS_PER_SECOND,
  CONTROL_VECTOR,
  PACKET_BUFFERS,
} from '../layout.ts';
import type { ApiService } from './api/service.ts';
import {
  CONTROL_WORKER,
  createMemory,
  type Datapath,
  type Instance,
  instantiate,
  loadDatapath,
  nodeNamed,
  tableFunctions,
} from './datapath.ts';
import { Dispatch } from './dispatch.ts';
import {
  allowedCpus,
  burstFunctions,
  cyclesPerSecond,
  type EalInfo,
  type EalOptions,
  ealCleanup,
  ealInit,
  poolCreate,
  poolMap,
  threadPin,
} from './dpdk.ts';
import { type PacketFields, type PacketHandle, Packets } from './packets.ts';
import { type Punt, Punts } from './punts.ts';
import { Workers, type WorkerView } from './workers.ts';

/** Something that happened, for whoever watches: `ctl events`, scripts, the agent. */
export interface RouterEvent {
  /** The event's kind as its line begins: "iface add", "nh new". */
  readonly type: string;
  /** The rest of its line. */
  readonly text: string;
}

/** How a router is to run. */
export interface RouterOptions {
  readonly datapathFile: string;
  readonly eal: EalOptions;
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
  readonly datapath: Datapath;
  readonly memory: Uint8Array;
  readonly view: DataView;
  readonly control: Instance;
  readonly workers: Workers;
  readonly packets: Packets;
  readonly dispatch: Dispatch;
  readonly mode: ModeBits;
  /** What the API serves: features add theirs before it starts. */
  readonly services: ApiService[] = [];
  readonly #punts: Punts;
  readonly #emit: (event: RouterEvent) => void;
  readonly #reclaimer: NodeJS.Timeout;
  readonly #settling: (() => Promise<void>)[] = [];
  #controlCpus: readonly number[] = allowedCpus();

  private constructor(options: RouterOptions, eal: EalInfo, datapath: Datapath) {
    const pool = poolCreate({
      name: 'packets',
      count: options.buffers,
      dataRoom: options.bufferBytes,
      cacheSize: 256,
    });
    const shared = createMemory(pool.length + pool.pageSize);
    const mapping = poolMap(shared, PACKET_BUFFERS);
    const host = burstFunctions();
    const workerStride = regionOf(datapath, 'WORKER_STRIDE');
    this.log = options.log;
    this.#emit = options.emit;
    this.eal = eal;
    this.datapath = datapath;
    this.memory = new Uint8Array(shared.buffer);
    this.view = new DataView(shared.buffer);
    this.mode = new ModeBits(this.view);
    this.control = instantiate({
      datapath,
      memory: shared,
      host,
      worker: CONTROL_WORKER,
      packetDelta: mapping.delta,
    });
    this.dispatch = new Dispatch(datapath, this.view);
    this.packets = new Packets({ memory: this.memory, host, delta: mapping.delta, workerStride });
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
      engine: this.control.engine,
      listener: {
        trapped: (worker, trap) => this.#noteTrap(worker, trap),
        died: (worker, error) =>
          this.log.fatal({ worker: worker.index, cpu: worker.cpu, error }, 'a worker has died'),
      },
    });
    this.#writeControlBlock(options.poll);
    this.#reclaimer = setInterval(() => this.#reclaim(), RECLAIM_MS).unref();
  }

  /** Starts EAL, makes the memory and the workers. @throws DpdkError with what is missing */
  static async start(options: RouterOptions & { readonly datapathCpus: readonly number[] }): Promise<Router> {
    const datapath = loadDatapath(new Uint8Array(await readFile(options.datapathFile)));
    const router = new Router(options, ealInit(options.eal), datapath);
    for (const cpu of options.datapathCpus) await router.addWorker(cpu);
    router.#punts.start();
    return router;
  }

  /** Starts one more worker. */
  async addWorker(cpu: number): Promise<WorkerView> {
    const worker = await this.workers.add(cpu);
    this.packets.target = this.workers.list[0]?.index;
    return worker;
  }

  /** Ends a worker that polls no queues any more. */
  async removeWorker(index: number): Promise<void> {
    this.packets.target = this.workers.list.find((worker) => worker.index !== index)?.index;
    await this.workers.remove(index);
  }

  /** Id of a stage or drop. @throws Error when the datapath has none of that name */
  node(name: string): number {
    return nodeNamed(this.datapath.info, name).id;
  }

  /** Address of a table, as the features' layout.ts name it. */
  region(name: string): number {
    return regionOf(this.datapath, name);
  }

  /** A feature's functions in the datapath, all of which must be there. */
  tables<T>(names: readonly (keyof T & string)[]): T {
    return tableFunctions<T>(this.control.exports, names);
  }

  /** Chooses who takes what a stage punts. */
  onPunt(stage: string, handler: (punt: Punt) => void): void {
    this.#punts.on(this.node(stage), handler);
  }

  /** Gives a packet to a stage; false when no worker could take it, and the packet is freed then. */
  inject(packet: PacketHandle, stage: string, fields: PacketFields): boolean {
    return this.packets.inject(packet, this.node(stage), fields);
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

  /** Adds something that answers of the API wait for: what a change brings about outside the router. */
  onSettle(wait: () => Promise<void>): void {
    this.#settling.push(wait);
  }

  /** Resolves when what has changed shows outside too, or after a second: a host that hangs holds nobody up for long. */
  async settled(): Promise<void> {
    if (this.#settling.length === 0) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LONGEST_SETTLING_MS);
    await Promise.race([Promise.all(this.#settling.map((wait) => wait())), late]);
    clearTimeout(timer);
  }

  /** CPUs that everything but the workers runs on. */
  get controlCpus(): readonly number[] {
    return this.#controlCpus;
  }

  /** Moves all threads of the process but the workers. @throws DpdkError EINVAL */
  set controlCpus(cpus: readonly number[]) {
    const workers = new Set(this.workers.list.map(({ threadId }) => threadId));
    for (const thread of readdirSync('/proc/self/task').map(Number)) {
      if (!workers.has(thread)) threadPin(thread, cpus);
    }
    this.#controlCpus = cpus;
  }

  /** Waits until no worker sees what was unlinked before. */
  quiet(): Promise<void> {
    return this.workers.quiet();
  }

  /** Ends workers and EAL; ports must have been closed. */
  async close(): Promise<void> {
    clearInterval(this.#reclaimer);
    await this.workers.close();
    this.#punts.close();
    ealCleanup();
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
    this.control.engine.newEpoch();
    this.control.engine.reclaim();
  }

  #noteTrap(worker: WorkerView, trap: { stage: number; dropped: number; reason: string }): void {
    const stage = this.datapath.info.graph.nodes[trap.stage]?.name ?? 'common path';
    this.log.error(
      { worker: worker.index, stage, dropped: trap.dropped, reason: trap.reason },
      'the datapath has trapped',
    );
    this.emit({
      type: 'worker trap',
      text: `worker=${worker.index} stage=${stage} dropped=${trap.dropped} ${trap.reason}`,
    });
  }
}

/** The bits of CONTROL_MODE, which several owners set and clear. */
export class ModeBits {
  readonly #view: DataView;

  constructor(view: DataView) {
    this.#view = view;
  }

  /** Sets or clears MODE_… bits; workers see it with their next burst. */
  set(bits: number, on: boolean): void {
    const now = this.#view.getUint32(CONTROL_MODE, true);
    this.#view.setUint32(CONTROL_MODE, on ? now | bits : now & ~bits, true);
  }
}

const RECLAIM_MS = 50;
const LONGEST_SETTLING_MS = 1000;
/** Packets that a stage takes at once, unless somebody says otherwise. */
const VECTOR = 256;

function regionOf(datapath: Datapath, name: string): number {
  const address = datapath.info.regions[name];
  if (address === undefined) throw new Error(`the datapath has no table ${name}`);
  return address;
}
