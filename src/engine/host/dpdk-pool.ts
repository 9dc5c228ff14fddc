import { control, type PoolInfo, type PoolMapping, type PoolStats } from './dpdk-addon.ts';
import { freeHugepages } from './dpdk-eal.ts';
import { checkNumber, checkText, DpdkError, invalid } from './dpdk-error.ts';

/** The packet pool to make; the process has one. */
export interface PoolOptions {
  readonly name: string;
  /** Mbufs; 2^n − 1 wastes the least. */
  readonly count: number;
  /** Bytes of buffer in each, headroom (128) included. */
  readonly dataRoom: number;
  /** Mbufs that each thread keeps for itself. */
  readonly cacheSize: number;
  /** NUMA node; none given is any. */
  readonly socket?: number;
}

/**
 * Makes the packet pool in memory of its own, page-aligned on both ends. Bytes 92 to 127 of every mbuf are
 * reserved for the datapath. @throws DpdkError EBUSY when there is one, ENOMEM when memory does not suffice
 */
export function poolCreate(options: PoolOptions): PoolInfo {
  const doing = 'create the packet pool';
  checkText(doing, 'name', options.name, 16);
  checkNumber(doing, 'count', options.count, { min: 1, max: 2 ** 20 });
  checkNumber(doing, 'dataRoom', options.dataRoom, { min: 256, max: 65407 });
  checkNumber(doing, 'cacheSize', options.cacheSize, { min: 0, max: 512 });
  const socketPlusOne = checkNumber(doing, 'socket', options.socket ?? -1, { min: -1, max: 31 }) + 1;
  const { name, count, dataRoom, cacheSize } = options;
  try {
    return control((native) => native.poolCreate({ name, count, dataRoom, cacheSize, socketPlusOne }));
  } catch (error) {
    throw sizesExplained(error, options);
  }
}

/**
 * Maps the pool a second time, into a WebAssembly memory, at the first page boundary at or after `regionOffset`
 * (pages are up to PoolInfo.pageSize, so leave that much room more). `memory` views the whole memory. From `tablesOffset`
 * up to the pool the kernel may make huge pages, where it has them, of what is touched from then on.
 */
export function poolMap(memory: WebAssembly.Memory, regionOffset: number, tablesOffset: number): PoolMapping {
  const doing = 'map the packet pool';
  checkShared(doing, memory);
  checkNumber(doing, 'regionOffset', regionOffset, { min: 0, max: 2 ** 32 - 1 });
  checkNumber(doing, 'tablesOffset', tablesOffset, { min: 0, max: regionOffset });
  return control((native) => native.poolMap(new Uint8Array(memory.buffer), regionOffset, tablesOffset));
}

/**
 * Finds the first offset at or after `from` where the pool would lie at an address that is its own modulo 2³². It may lie
 * behind the memory's end.
 */
export function poolPlace(memory: WebAssembly.Memory, from: number): number {
  const doing = 'find a place for the packet pool';
  checkShared(doing, memory);
  checkNumber(doing, 'from', from, { min: 0, max: 2 ** 32 - 1 });
  return control((native) => native.poolPlace(new Uint8Array(memory.buffer), from));
}

/** Counts the pool's mbufs. @throws DpdkError ENOENT before poolCreate */
export function poolStats(): PoolStats {
  return control((native) => native.poolStats());
}

function checkShared(doing: string, memory: WebAssembly.Memory): void {
  if (!(memory.buffer instanceof SharedArrayBuffer))
    throw invalid(doing, 'a shared memory', 'one that is not');
}

function sizesExplained(error: unknown, options: PoolOptions): unknown {
  if (!(error instanceof DpdkError) || error.code !== 'ENOMEM') return error;
  const needed = Math.ceil((options.count * (options.dataRoom + 192)) / 2 ** 20);
  const free = freeHugepages().map((size) => `${size.free} of ${size.kibibytes} KiB`);
  const message = `create the packet pool: expected about ${needed} MiB of packet memory for ${options.count} mbufs, got less: free hugepages are ${free.join(', ')}`;
  return new DpdkError({ code: error.code, message, log: error.log }, { cause: error });
}
