import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { burstFunctions, ealInit, type PoolMapping, poolCreate, poolMap } from './dpdk.ts';

/** A process has one EAL, so what starts it differently runs in a child: an async function's body that returns JSON. */
export async function inChild(body: string): Promise<Record<string, unknown>> {
  const script = `import * as dpdk from ${JSON.stringify(new URL('./dpdk.ts', import.meta.url).href)};
    const result = await (async () => { ${body} })();
    process.stdout.write(JSON.stringify(result), () => process.exit(0));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  return JSON.parse(stdout);
}

/** A small packet world in this process: EAL without hugepages, a pool, a shared memory, two arrays in it. */
export interface PacketWorld {
  readonly memory: WebAssembly.Memory;
  readonly mapping: PoolMapping;
  /** Offsets of two arrays of 64 offsets. */
  readonly sent: number;
  readonly received: number;
  /** Takes fresh packets and returns their offsets. */
  take(count: number): readonly number[];
  /** Reads the array at an offset. */
  array(offset: number, count: number): readonly number[];
}

/** Where tables would begin in the memory. */
export const TABLES = 64 << 20;

export function startPacketWorld(options: {
  readonly hugepages: boolean;
  readonly count?: number;
}): PacketWorld {
  ealInit({ hugepages: options.hugepages, memoryMegabytes: 128 });
  poolCreate({ name: 'packets', count: options.count ?? 2047, dataRoom: 2176, cacheSize: 64 });
  const memory = new WebAssembly.Memory({ initial: 4096, maximum: 65536, shared: true });
  const mapping = poolMap(memory, 128 << 20, TABLES);
  const array = (offset: number, count: number) => [...new Uint32Array(memory.buffer, offset, count)];
  const [sent, received] = [4096, 8192];
  const take = (count: number) => array(sent, burstFunctions().alloc(sent, count));
  return { memory, mapping, sent, received, take, array };
}

const run = promisify(execFile);
