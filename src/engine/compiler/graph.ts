import { createHash } from 'node:crypto';
import { MAX_EDGES, MAX_NODES, MAX_STAGES } from '../layout.ts';
import type { Stage } from './stages.ts';

/** A place a packet can be: a stage, an ending it reaches alive, or a drop. */
export interface GraphNode {
  readonly id: number;
  readonly name: string;
  readonly kind: 'stage' | 'ending' | 'drop';
  readonly doc: string;
  /** Ids of the nodes its edges lead to, in the order of its `enum Edge`. */
  readonly edges: readonly number[];
  /** Dispatch tables it takes further nodes from. */
  readonly tables: readonly string[];
  /** The feature a stage belongs to; empty for endings and drops. */
  readonly layer: string;
  /** Whether packets come to the stage with their Ethernet header in front. */
  readonly takesFrames: boolean;
}

/** The whole graph; a node's id is its index. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Nodes below this id are stages. */
  readonly stageCount: number;
  /** Nodes from this id on are drops; the ending `consumed` is the one before. */
  readonly firstDrop: number;
}

/** Where packets end alive. `consumed` is the last: from it on, the packet's buffer is given back. */
export const endings = [
  { name: 'sent', doc: 'Handed to a port for transmission.' },
  { name: 'punted', doc: 'Handed to the control thread.' },
  { name: 'consumed', doc: 'Served its purpose here; its buffer is free again.' },
] as const;

/** What the engine itself drops. */
const engineDrops = [
  { name: 'tx-full', doc: "The port's transmit ring had no room." },
  {
    name: 'stage-disabled',
    doc: 'The stage has trapped too often and is off until somebody switches it on (`graph enable STAGE`).',
  },
] as const;

/** Numbers stages, endings and drops, and resolves every edge; a name that leads nowhere is an error. */
export function linkGraph(stages: readonly Stage[]): Graph {
  const drops = new Map<string, string>(engineDrops.map((drop) => [drop.name, drop.doc]));
  for (const stage of stages) {
    for (const edge of stage.edges) if (edge.drop && !drops.get(edge.to)) drops.set(edge.to, edge.doc);
  }
  const names = [
    ...stages.map((stage) => stage.name),
    ...endings.map((ending) => ending.name),
    ...drops.keys(),
  ];
  const ids = new Map(names.map((name, id) => [name, id]));
  checkLimits(stages, names, ids);
  const nodes = names.map((name, id): GraphNode => {
    const stage = stages[id];
    const ending = endings[id - stages.length];
    if (stage) {
      const edges = stage.edges.map((edge) => idOf(ids, stage, edge.to));
      const { doc, tables, layer, takesFrames } = stage;
      return { id, name, kind: 'stage', doc, edges, tables, layer, takesFrames };
    }
    const kind = ending ? 'ending' : 'drop';
    const doc = ending?.doc ?? drops.get(name) ?? '';
    return { id, name, kind, doc, edges: [], tables: [], layer: '', takesFrames: false };
  });
  return { nodes, stageCount: stages.length, firstDrop: stages.length + endings.length };
}

/** A short fingerprint of a text, for layout versions and build stamps. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function idOf(ids: ReadonlyMap<string, number>, stage: Stage, to: string): number {
  const id = ids.get(to);
  if (id === undefined)
    throw new Error(`stage ${stage.name}: its edge leads to ${to}, which is no stage and no ending`);
  return id;
}

function checkLimits(
  stages: readonly Stage[],
  names: readonly string[],
  ids: ReadonlyMap<string, number>,
): void {
  const twice = names.find((name, index) => ids.get(name) !== index);
  if (twice)
    throw new Error(
      `the graph has two nodes named ${twice}: a stage, an ending and a drop need names of their own`,
    );
  if (stages.length > MAX_STAGES) throw new Error(`${stages.length} stages, and ${MAX_STAGES} is the most`);
  if (names.length > MAX_NODES) throw new Error(`${names.length} nodes, and ${MAX_NODES} is the most`);
  const many = stages.find((stage) => stage.edges.length > MAX_EDGES);
  if (many) throw new Error(`stage ${many.name}: ${many.edges.length} edges, and ${MAX_EDGES} is the most`);
}
