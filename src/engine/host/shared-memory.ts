import { PACKET_BUFFERS, WORKER_AREAS } from '../layout.ts';
import { createMemory } from './datapath.ts';
import { type PoolInfo, type PoolMapping, poolMap, poolPlace } from './dpdk.ts';

// Drivers read and write a packet at its address in EAL's memory, stages at another. Some processors look their nearest
// cache up by bits of that address (AMD's by the last 32): where these differ, each takes the packet's lines from the
// other, and waits for them as if they were not there (docs/decisions/0036-packets-lie-alike.md). V8 lets nobody choose
// where a memory lies; but the kernel puts each below the one before, so that what is reserved in between moves the next.

const ATTEMPTS = 8;
/** How far behind its place the pool may begin: memories lie on steps of 64 KiB. */
const SLACK = 0x100000;
const ADDRESS_SPAN = 2 ** 32;

/** The memory that control thread and workers share, with the packet pool in it. */
export interface SharedMemory {
  readonly memory: WebAssembly.Memory;
  readonly mapping: PoolMapping;
}

/** Makes the memory, where it can so that the pool has the same address modulo 2³² in it as EAL has it at. */
export function shareMemory({ length, pageSize }: PoolInfo): SharedMemory {
  const taken: (WebAssembly.Memory | SharedArrayBuffer)[] = [];
  const size = length + Math.max(pageSize, SLACK);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const memory = createMemory(size);
    const beyond = poolPlace(memory, PACKET_BUFFERS) - PACKET_BUFFERS;
    if (beyond <= size - length) return withPool(memory, PACKET_BUFFERS + beyond);
    taken.push(memory, reserveAddresses(ADDRESS_SPAN - beyond));
  }
  return withPool(createMemory(size), PACKET_BUFFERS);
}

function withPool(memory: WebAssembly.Memory, place: number): SharedMemory {
  return { memory, mapping: poolMap(memory, place, WORKER_AREAS) };
}

/** Takes addresses and no memory, until it is forgotten. */
function reserveAddresses(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(0, { maxByteLength: bytes });
}
