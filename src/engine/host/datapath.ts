import { setFlagsFromString } from 'node:v8';
import type { DatapathInfo } from '../compiler/compile.ts';
import { type GraphNode, withSpares } from '../compiler/graph.ts';
import { INFO_SECTION } from '../compiler/section.ts';
import { MAX_WORKERS, PACKET_BUFFERS } from '../layout.ts';

/** A compiled datapath and what it says of itself. */
export interface Datapath {
  readonly module: WebAssembly.Module;
  readonly info: DatapathInfo;
}

/** What the host lends to the datapath (datapath/host.ts): arrays are offsets of u32 packet offsets. */
export interface HostFunctions {
  rx(port: number, queue: number, array: number, most: number): number;
  tx(port: number, queue: number, array: number, count: number): number;
  free(array: number, count: number): void;
  alloc(array: number, count: number): number;
  cycles(): number;
  pause(nanoseconds: number): void;
  wait(queues: number, count: number, blindNs: number, longestNs: number): number;
}

/** What every datapath exports for the engine; the features' own functions come through `tableFunctions`. */
export interface EngineFunctions {
  attach(index: number, packetDelta: bigint): void;
  loop(): void;
  round(): number;
  retire(): void;
  dropBurst(): number;
  reclaim(): number;
  newEpoch(): number;
  epochPassed(epoch: number): number;
}

/** One instance of a datapath over the shared memory. */
export interface Instance {
  readonly engine: EngineFunctions;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Index of the area that belongs to the control thread's own instance. */
export const CONTROL_WORKER = MAX_WORKERS;

// The optimising compiler alone, at once: the first burst is as fast as the last, and no burst waits for a better version.
setFlagsFromString('--no-liftoff');
setFlagsFromString('--no-wasm-dynamic-tiering');

/** Compiles a datapath's code and reads its custom section. @throws Error when it is not one of ours */
export function loadDatapath(code: Uint8Array<ArrayBuffer>): Datapath {
  const module = compileWhole(code);
  return { module, info: readInfo(module) };
}

/** Reads what a module says of itself. @throws Error when it is not one of ours */
export function readInfo(module: WebAssembly.Module): DatapathInfo {
  const [section] = WebAssembly.Module.customSections(module, INFO_SECTION);
  if (!section) throw new Error(`not a datapath: the module has no custom section ${INFO_SECTION}`);
  return parseInfo(new TextDecoder().decode(section));
}

/** Compiles a datapath on other threads and reads its custom section. @throws Error when it is not one of ours */
export async function loadInBackground(code: Uint8Array<ArrayBuffer>): Promise<Datapath> {
  setFlagsFromString('--no-wasm-lazy-compilation');
  const compiling = WebAssembly.compile(code);
  try {
    const module = await compiling;
    return { module, info: readInfo(module) };
  } finally {
    setFlagsFromString('--wasm-lazy-compilation');
  }
}

/** Compiles every function now: V8 would do it at the first call, which is a packet's. */
function compileWhole(code: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  setFlagsFromString('--no-wasm-lazy-compilation');
  try {
    return new WebAssembly.Module(code);
  } finally {
    setFlagsFromString('--wasm-lazy-compilation'); // the AssemblyScript compiler is a large module, too
  }
}

/** Makes the one memory of a router: tables below PACKET_BUFFERS, `packetBytes` of packets above. */
export function createMemory(packetBytes: number): WebAssembly.Memory {
  const pages = Math.ceil((PACKET_BUFFERS + packetBytes) / 65536);
  if (pages > 65536) {
    throw new RangeError(
      `packet memory: expected at most ${65536 * 65536 - PACKET_BUFFERS} bytes, got ${packetBytes}`,
    );
  }
  return new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
}

/** Makes an instance for a worker, or for the control thread (CONTROL_WORKER). */
export function instantiate(options: {
  readonly datapath: Pick<Datapath, 'module'>;
  readonly memory: WebAssembly.Memory;
  readonly host: HostFunctions;
  readonly worker: number;
  readonly packetDelta: bigint;
}): Instance {
  const { exports } = new WebAssembly.Instance(options.datapath.module, {
    env: { memory: options.memory },
    host: { ...options.host },
  });
  const engine = tableFunctions<EngineFunctions>(exports, engineFunctionNames);
  engine.attach(options.worker, options.packetDelta);
  return { engine, exports };
}

/** Picks functions of an instance by name, so that one that is missing fails at start and not at its first call. */
export function tableFunctions<T>(
  exports: Readonly<Record<string, unknown>>,
  names: readonly (keyof T & string)[],
): T {
  const missing = names.filter((name) => typeof exports[name] !== 'function');
  if (missing.length > 0) throw new Error(`the datapath lacks ${missing.join(', ')}`);
  return exports as T;
}

/** Finds a node of the graph. @throws Error when the datapath has no node of that name */
export function nodeNamed(info: DatapathInfo, name: string): GraphNode {
  const found = info.graph.nodes.find((node) => node.name === name && node.kind !== 'spare');
  if (!found) throw new Error(`the datapath has no stage or drop named ${name}`);
  return found;
}

/** The functions that every datapath exports for the engine. */
export const engineFunctionNames = [
  'attach',
  'loop',
  'round',
  'retire',
  'dropBurst',
  'reclaim',
  'newEpoch',
  'epochPassed',
] as const;

function parseInfo(text: string): DatapathInfo {
  const info: unknown = JSON.parse(text);
  if (typeof info !== 'object' || info === null || !('graph' in info) || !('tables' in info)) {
    throw new Error('not a datapath: its description names no graph and no tables');
  }
  const described = info as DatapathInfo;
  return { ...described, graph: { ...described.graph, nodes: withSpares(described.graph.nodes) } };
}
