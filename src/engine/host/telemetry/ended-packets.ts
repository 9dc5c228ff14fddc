import type { Graph } from '../../compiler/graph.ts';
import type { TraceReader } from './trace-reader.ts';
import type { TraceRecord } from './trace-ring.ts';
import { groupRecords, isComplete } from './traced-packets.ts';

/** What a reader of traces finds, packet by packet, each once, when its way has ended. */
export class EndedPackets {
  readonly #reader: TraceReader;
  readonly #graph: Graph;
  #unfinished: readonly TraceRecord[] = [];

  /** The reader is its own: what is taken nobody else reads. */
  constructor(reader: TraceReader, graph: Graph) {
    this.#reader = reader;
    this.#graph = graph;
  }

  /** Forgets what was traced until now. */
  clear(): void {
    this.#reader.clear();
    this.#unfinished = [];
  }

  /** Gives the records of the packets that have ended since the last call, oldest first. */
  take(): readonly (readonly TraceRecord[])[] {
    const before = new Set(this.#unfinished);
    const groups = groupRecords([...before, ...this.#reader.take()]);
    const [ended, unfinished] = partition(groups, (group) => isOver(group, this.#graph, before));
    this.#unfinished = unfinished.flat();
    return ended;
  }
}

/** A packet is on its way for microseconds: one that has not ended since the last call is given as far as it is known. */
function isOver(group: readonly TraceRecord[], graph: Graph, before: ReadonlySet<TraceRecord>): boolean {
  return isComplete(group, graph) || group.some((record) => before.has(record));
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): readonly [T[], T[]] {
  const { true: yes = [], false: no = [] } = Object.groupBy(items, (item) => (test(item) ? 'true' : 'false'));
  return [yes, no];
}
