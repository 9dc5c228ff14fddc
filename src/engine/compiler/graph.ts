import { createHash } from 'node:crypto';
import { MAX_EDGES, MAX_NODES, MAX_STAGES } from '../layout.ts';
import type { Stage } from './stages.ts';

/** A place a packet can be: a stage, an ending it reaches alive, or a drop. */
export interface GraphNode {
  readonly id: number;
  readonly name: string;
  /** `spare` is a number that no node has. */
  readonly kind: 'stage' | 'ending' | 'drop' | 'spare';
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

/** The whole graph; a node's id is its index, and numbers that no node has are spare. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Nodes below this id are stages. */
  readonly stageCount: number;
  /** Nodes from this id on are drops; the ending `consumed` is the one before. */
  readonly firstDrop: number;
}

/**
 * Names of stages and drops in the order of their numbers. Tables hold these numbers, and so a build can take over
 * from another one only where they agree: new names are appended, and none changes its place.
 */
export interface NodeNumbers {
  readonly stages: readonly string[];
  readonly drops: readonly string[];
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

/**
 * Gives stages, endings and drops their ids, and resolves every edge; a name that leads nowhere is an error. Stages
 * come as numbered; endings and drops have ids of their own from MAX_STAGES on, so that one more stage moves none.
 */
export function linkGraph(stages: readonly Stage[], numbers: NodeNumbers = noNumbers): Graph {
  const drops = dropsOf(stages);
  const firstDrop = MAX_STAGES + endings.length;
  const places = appended(numbers.drops, [...drops.keys()]);
  const ids = new Map([
    ...stages.map(({ name }, id) => [name, id] as const),
    ...endings.map(({ name }, i) => [name, MAX_STAGES + i] as const),
    ...[...drops.keys()].map((name) => [name, firstDrop + places.indexOf(name)] as const),
  ]);
  checkLimits(stages, [...drops.keys()], places.length);
  const nodes = withSpares([
    ...stages.map((stage, id): GraphNode => {
      const edges = stage.edges.map((edge) => idOf(ids, stage, edge.to));
      const { name, doc, tables, layer, takesFrames } = stage;
      return { id, name, kind: 'stage', doc, edges, tables, layer, takesFrames };
    }),
    ...endings.map(
      ({ name, doc }, i): GraphNode => ({ ...spare(MAX_STAGES + i), name, doc, kind: 'ending' }),
    ),
    ...[...drops].map(
      ([name, doc]): GraphNode => ({ ...spare(ids.get(name) ?? 0), name, doc, kind: 'drop' }),
    ),
  ]);
  return { nodes, stageCount: stages.length, firstDrop };
}

/** The nodes that are there: all but the spare numbers. */
export function nodesOf(graph: Pick<Graph, 'nodes'>): readonly GraphNode[] {
  return graph.nodes.filter(({ kind }) => kind !== 'spare');
}

/** Fills the numbers between the nodes, so that each node's id is its index. */
export function withSpares(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const count = Math.max(-1, ...byId.keys()) + 1;
  return Array.from({ length: count }, (_, id) => byId.get(id) ?? spare(id));
}

/** Names in the order of their numbers: those that have one first, then the new ones as they come. */
export function inNumbers(names: readonly string[], numbers: readonly string[]): readonly string[] {
  const known = new Set(numbers);
  const present = new Set(names);
  return [...numbers.filter((name) => present.has(name)), ...names.filter((name) => !known.has(name))];
}

/** Names with those that are new behind them, as they come. */
export function appended(known: readonly string[], names: readonly string[]): readonly string[] {
  return [...known, ...names.filter((name) => !known.includes(name))];
}

/** All drops with their documentation: the engine's, and those that stages name. */
export function dropsOf(stages: readonly Stage[]): ReadonlyMap<string, string> {
  const drops = new Map<string, string>(engineDrops.map((drop) => [drop.name, drop.doc]));
  for (const stage of stages) {
    for (const edge of stage.edges) if (edge.drop && !drops.get(edge.to)) drops.set(edge.to, edge.doc);
  }
  return drops;
}

/** A short fingerprint of a text or of bytes, for layout versions and build stamps. */
export function fingerprint(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

const noNumbers: NodeNumbers = { stages: [], drops: [] };

function spare(id: number): GraphNode {
  return { id, name: '', kind: 'spare', doc: '', edges: [], tables: [], layer: '', takesFrames: false };
}

function idOf(ids: ReadonlyMap<string, number>, stage: Stage, to: string): number {
  const id = ids.get(to);
  if (id === undefined)
    throw new Error(`stage ${stage.name}: its edge leads to ${to}, which is no stage and no ending`);
  return id;
}

function checkLimits(stages: readonly Stage[], drops: readonly string[], dropNumbers: number): void {
  const names = [...stages.map(({ name }) => name), ...endings.map(({ name }) => name), ...drops];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice)
    throw new Error(
      `the graph has two nodes named ${twice}: a stage, an ending and a drop need names of their own`,
    );
  if (stages.length > MAX_STAGES) throw new Error(`${stages.length} stages, and ${MAX_STAGES} is the most`);
  const mostDrops = MAX_NODES - MAX_STAGES - endings.length;
  if (dropNumbers > mostDrops) throw new Error(`${dropNumbers} drops, and ${mostDrops} is the most`);
  const many = stages.find((stage) => stage.edges.length > MAX_EDGES);
  if (many) throw new Error(`stage ${many.name}: ${many.edges.length} edges, and ${MAX_EDGES} is the most`);
}
