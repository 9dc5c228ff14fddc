import type { Graph } from '../../src/engine/compiler/graph.ts';
import { TRACE_BYTES, TRACE_SLOTS, WORKER_NEXT_TRACE, WORKER_TRACE } from '../../src/engine/layout.ts';
import type { Input } from '../input.ts';
import type { Way } from './way.ts';

/** Low bits of a trace number, counted by the worker (datapath/trace.ts). */
const COUNT_MASK = 0xffffff;
const STAGE = 4;
const NODE = 8;

/** An edge of the graph, by the ids of its ends. */
export interface GraphEdge {
  readonly stage: number;
  readonly node: number;
}

/**
 * What the traced bursts have reached: edges of the graph, and whole paths of packets of each shape. An input whose
 * packet took a path that none of its shape has taken is worth keeping.
 */
export class Coverage {
  /** Edges taken, as stage × nodes + node. */
  readonly edges = new Set<number>();
  readonly #paths = new Set<number>();
  readonly #nodeCount: number;
  /** The edges that stages have of their own; others come from tables. */
  readonly #own: ReadonlySet<number>;
  /** Nodes to which one stage leads, and nothing else. */
  readonly #lonely: ReadonlySet<number>;
  readonly #way: Way;
  readonly #ports: ReadonlySet<number>;
  /** Inputs of the last burst that reached something new, by their number. */
  readonly fresh: number[] = [];
  readonly #hashes = new Int32Array(64 * 2);
  #traced = false;
  #firstTrace = 0;
  #firstRecord = 0;

  /** `ports` are those whose interface is up. */
  constructor(graph: Graph, way: Way, ports: ReadonlySet<number>) {
    this.#way = way;
    this.#ports = ports;
    this.#nodeCount = graph.nodes.length;
    const own = graph.nodes.flatMap(({ id, edges }) => edges.map((to) => id * graph.nodes.length + to));
    this.#own = new Set(own);
    const ends = own.map((edge) => edge % graph.nodes.length);
    this.#lonely = new Set(ends.filter((node) => ends.indexOf(node) === ends.lastIndexOf(node)));
  }

  /** Edges that some packet has taken, of those that stages have of their own. */
  get reached(): readonly GraphEdge[] {
    return this.#ownEdges(true);
  }

  /** Those that none has taken. */
  get missing(): readonly GraphEdge[] {
    return this.#ownEdges(false);
  }

  #ownEdges(taken: boolean): readonly GraphEdge[] {
    const edges = [...this.#own].filter((edge) => (this.edges.has(edge) || this.#isCounted(edge)) === taken);
    return edges.map((edge) => ({ stage: Math.floor(edge / this.#nodeCount), node: edge % this.#nodeCount }));
  }

  /** Whether packets were counted where one stage alone leads: those of an interface that is down are not traced. */
  #isCounted(edge: number): boolean {
    const node = edge % this.#nodeCount;
    return this.#lonely.has(node) && this.#way.counted(node) > 0;
  }

  get pathCount(): number {
    return this.#paths.size;
  }

  /** Notes where the traces of the next burst will begin. */
  begin(traced: boolean): void {
    this.fresh.length = 0;
    this.#traced = traced;
    this.#firstTrace = this.#way.view.getUint32(WORKER_NEXT_TRACE, true) & COUNT_MASK;
    this.#firstRecord = this.#way.view.getUint32(WORKER_TRACE, true);
  }

  /** Reads the traces of the burst, and tells by `fresh` which of its inputs are worth keeping. */
  end(inputs: readonly Input[], inTurn: boolean): void {
    if (!this.#traced) return;
    const { view } = this.#way;
    const written = view.getUint32(WORKER_TRACE, true);
    if ((written - this.#firstRecord) >>> 0 > TRACE_SLOTS) return;
    this.#hashes.fill(0);
    for (let i = this.#firstRecord; i !== written; i = (i + 1) >>> 0) {
      const at = WORKER_TRACE + 64 + (i % TRACE_SLOTS) * TRACE_BYTES;
      const trace = ((view.getUint32(at, true) & COUNT_MASK) - this.#firstTrace - 1) & 127;
      const edge = view.getUint32(at + STAGE, true) * this.#nodeCount + view.getUint32(at + NODE, true);
      if (!this.edges.has(edge)) this.edges.add(edge);
      this.#hashes[trace] = Math.imul((this.#hashes[trace] ?? 0) ^ (edge + 1), 0x01000193);
    }
    this.#lookAtPaths(inputs, inTurn);
  }

  /** Packets that come by a port whose interface is up, and those of the host. */
  #isTraced({ entry, port }: Input): boolean {
    return entry !== 'wire' || this.#ports.has(port);
  }

  /** Traces are numbered in the order in which packets meet their first stage: of those at once, the host's first. */
  #lookAtPaths(inputs: readonly Input[], inTurn: boolean): void {
    let trace = 0;
    for (const wanted of inTurn ? [undefined] : [false, true]) {
      for (let i = 0; i < inputs.length; i++) {
        const input = inputs[i];
        if (!input || !this.#isTraced(input)) continue;
        if (wanted !== undefined && (input.entry === 'wire') !== wanted) continue;
        const path = Math.imul((this.#hashes[trace++] ?? 0) ^ shapeOf(input), 0x9e3779b1);
        if (this.#paths.has(path)) continue;
        this.#paths.add(path);
        this.fresh.push(i);
      }
    }
  }
}

/** What is alike of packets that may take the same way through the code of a stage. */
function shapeOf({ length, firstSegment, offload }: Input): number {
  const size = length < 128 ? 0 : length < 600 ? 1 : 2;
  const isSplit = firstSegment > 0 && firstSegment < length;
  return (size << 2) | (isSplit ? 2 : 0) | (offload === 'nothing' ? 0 : 1);
}
