import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { DpdkError } from './dpdk-error.ts';

/** The functions of the addon in native/ (addon.c has the list, the headers say what each does). */
export interface Addon {
  ealInit(args: readonly string[], cpus: readonly number[]): EalInfo;
  ealBegin(args: readonly string[], cpus: readonly number[]): Promise<EalInfo>;
  ealCleanup(): void;
  logTake(): string;
  logLevels(): string;
  logSetLevel(pattern: string, level: number): void;

  poolCreate(pool: RawPoolOptions): PoolInfo;
  poolMap(memory: Uint8Array, regionOffset: number, tablesOffset: number): PoolMapping;
  poolPlace(memory: Uint8Array, from: number): number;
  poolStats(): PoolStats;

  portProbe(devargs: string): number[];
  portProbeBegin(devargs: string): Promise<number[]>;
  portFind(device: string): number;
  portList(): number[];
  portInfo(port: number): RawPortInfo;
  portConfigure(port: number, options: RawPortOptions): RawPortOptions;
  portStart(port: number): void;
  portStop(port: number): void;
  portClose(port: number): void;
  portSetMac(port: number, mac: Uint8Array): void;
  portAddMac(port: number, mac: Uint8Array): void;
  portRemoveMac(port: number, mac: Uint8Array): void;
  portSetMtu(port: number, mtu: number): void;
  portSetPromiscuous(port: number, on: boolean): void;
  portSetAllmulticast(port: number, on: boolean): void;
  portLink(port: number): PortLink;
  onLinkChange(callback: (port: number) => void): void;
  portStats(port: number): PortStats;
  portXstats(port: number): Record<string, bigint>;
  portXstatsReset(port: number): void;

  workerRegister(cpu: number): { lcore: number };
  workerUnregister(): void;
  setClockAddress(offset: number): void;
  rx(port: number, queue: number, array: number, most: number): number;
  tx(port: number, queue: number, array: number, count: number): number;
  alloc(array: number, count: number): number;
  free(array: number, count: number): number;
  /** Absent in an addon that is older than these sources. */
  fastCalls?(): FastCalls | undefined;
  burstStats(): BurstStats;
  cycles(): number;
  cyclesPerSecond(): number;
  pause(nanoseconds: number): void;
  wait(queues: number, count: number, blindNs: number, longestNs: number): number;
  wake(thread: number): boolean;
  threadId(): number;
  datagramSend(path: string, text: string): void;
  threadPin(thread: number, cpus: readonly number[]): void;

  tapOpen(name: string, isTun: boolean): number;
  fdRead(fd: number, memory: Uint8Array, offset: number, most: number): number;
  fdWrite(fd: number, memory: Uint8Array, offset: number, length: number): number;
  fdClose(fd: number): void;
  pollStart(fd: number, callback: () => void): object;
  pollStop(handle: object): void;
  netlinkExchange(script: Uint8Array): Promise<Buffer>;
  steerFromPod(base: number): number;
  steerToPods(base: number): number;
}

/** Functions for WebAssembly alone: from JavaScript they do nothing. */
export interface FastCalls extends Pick<Addon, 'rx' | 'tx' | 'alloc' | 'free'> {
  /** Tells whether a module gets to them: one more than it is given, and else nothing. */
  plusOne(number: number): number | undefined;
}

/** What a started EAL says of itself. */
export interface EalInfo {
  readonly version: string;
  readonly mainLcore: number;
  readonly iovaMode: 'physical' | 'virtual';
  readonly hugepages: boolean;
  /** Milliseconds that it took to start. */
  readonly startMs: number;
}

/** The packet pool as it was made: bytes of packet memory, bytes of its pages, bytes each mbuf takes in it. */
export interface PoolInfo {
  readonly length: number;
  readonly pageSize: number;
  readonly mbufSize: number;
  readonly count: number;
}

/** Where the pool lies in the WebAssembly memory; an mbuf's offset is its pointer − delta. */
export interface PoolMapping {
  readonly offset: number;
  readonly length: number;
  readonly delta: bigint;
}

/** Mbufs of the pool: those in caches count as available. */
export interface PoolStats {
  readonly count: number;
  readonly available: number;
  readonly inUse: number;
}

/** Packets that bursts could not take as they were, since the start and over all threads. */
export interface BurstStats {
  /** Received outside the pool and copied into it. */
  readonly foreignCopied: number;
  /** Received outside the pool and dropped, because the pool was empty. */
  readonly foreignDropped: number;
  /** Given to tx without being a sound mbuf of the pool. */
  readonly txRefused: number;
  /** Dropped because the driver could not prepare their offloads. */
  readonly txUnpreparable: number;
  /** Given to free without being a sound mbuf of the pool. */
  readonly freeRefused: number;
}

/** A port's link now; speedMbps is 0 when unknown. */
export interface PortLink {
  readonly up: boolean;
  readonly speedMbps: number;
  readonly duplex: 'full' | 'half';
}

/** A port's counters since its start or reset (rte_eth_stats). */
export interface PortStats {
  readonly rxPackets: bigint;
  readonly txPackets: bigint;
  readonly rxBytes: bigint;
  readonly txBytes: bigint;
  readonly rxMissed: bigint;
  readonly rxErrors: bigint;
  readonly txErrors: bigint;
  readonly rxNoBuffer: bigint;
}

interface RawPoolOptions {
  readonly name: string;
  readonly count: number;
  readonly dataRoom: number;
  readonly cacheSize: number;
  readonly socketPlusOne: number;
}

interface RawPortInfo {
  readonly port: number;
  readonly device: string;
  readonly driver: string;
  readonly mac: string;
  readonly mtu: number;
  readonly minMtu: number;
  readonly maxMtu: number;
  readonly maxRxQueues: number;
  readonly maxTxQueues: number;
  readonly maxMacs: number;
  readonly retaSize: number;
  readonly numaNode: number;
  readonly ifIndex: number;
  readonly rxOffloads: { readonly flags: number; readonly names: readonly string[] };
  readonly txOffloads: { readonly flags: number; readonly names: readonly string[] };
  readonly rss: boolean;
  readonly linkInterrupt: boolean;
}

interface RawPortOptions {
  readonly rxQueues: number;
  readonly txQueues: number;
  readonly rxSize: number;
  readonly txSize: number;
  readonly mtu: number;
  readonly rxOffloads: number;
  readonly txOffloads: number;
  readonly rss: boolean;
  readonly linkInterrupt: boolean;
}

/** Loads the addon, once per thread. @throws DpdkError ENOENT when it was not built, ELIBACC when DPDK is missing */
export function addon(): Addon {
  loaded ??= load();
  return loaded;
}

/** Runs a control call; its error carries what EAL logged meanwhile. @throws DpdkError */
export function control<Result>(call: (native: Addon) => Result): Result {
  const native = addon();
  const before = native.logTake();
  if (before !== '') takeUnreported?.(before);
  try {
    return call(native);
  } catch (error) {
    throw explained(error, native.logTake());
  }
}

/** Begins a control call that goes on in the background; its error carries what EAL logged meanwhile. @throws DpdkError */
export async function controlInBackground<Result>(call: (native: Addon) => Promise<Result>): Promise<Result> {
  try {
    return await control(call);
  } catch (error) {
    throw error instanceof DpdkError ? error : explained(error, addon().logTake());
  }
}

/** Chooses who gets what EAL has logged outside of calls that failed, in this thread. */
export function onUnreportedLog(listener: ((text: string) => void) | undefined): void {
  takeUnreported = listener;
}

/** Runs a call that has nothing to do with EAL, and often. @throws DpdkError */
export function direct<Result>(call: (native: Addon) => Result): Result {
  try {
    return call(addon());
  } catch (error) {
    throw explained(error, '');
  }
}

const addonPath = fileURLToPath(new URL('../../../native/build/Release/dpdk.node', import.meta.url));
const buildCommand = 'npm run setup, or node_modules/.bin/node-gyp rebuild -C native --nodedir=/usr';
const logLinesInMessage = 4;
let loaded: Addon | undefined;
let takeUnreported: ((text: string) => void) | undefined;

function load(): Addon {
  if (!existsSync(addonPath)) {
    throw new DpdkError({
      code: 'ENOENT',
      message: `load the DPDK addon: expected ${addonPath}, which is built by: ${buildCommand}`,
    });
  }
  try {
    return createRequire(import.meta.url)(addonPath) as Addon;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DpdkError(
      { code: 'ELIBACC', message: `load the DPDK addon: ${reason}; build it again by: ${buildCommand}` },
      { cause },
    );
  }
}

function explained(error: unknown, text: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  const log = text.split('\n').filter((line) => line.trim() !== '' && !chatter.test(line));
  const tail = log.slice(-logLinesInMessage).map((line) => `\n  ${line}`);
  return new DpdkError(
    { code: error.code, message: `${error.message}${tail.join('')}`, log },
    { cause: error },
  );
}

// What EAL always says when it starts, and what it adds to a driver's own words when one refuses a device.
const chatter =
  /^EAL: (Detected |Selected IOVA|Probe PCI|Physical addresses are|VFIO support|Driver cannot attach|Failed to attach|No free \d+ kB|\d+ hugepages of size)|mp action callback/;
