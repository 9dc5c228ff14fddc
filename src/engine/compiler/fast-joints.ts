import { NODE_BIT } from '../layout.ts';
import {
  again,
  branch,
  branches,
  countersOf,
  type FastWay,
  fast,
  giveUp,
  goOn,
  goOnTo,
  left,
} from './fast-names.ts';
import type { Graph } from './graph.ts';
import type { Stage } from './stages.ts';

/** A way, and the numbers of its stages. */
export interface Joints {
  readonly way: FastWay;
  readonly graph: Graph;
  readonly idOf: (stage: Stage) => number;
}

/** What follows a stage on the fast way, by the edge that its copy gives: a constant nearly always. */
export function generateJoint(stage: Stage, { way, graph, idOf }: Joints): string {
  const id = idOf(stage);
  const following = way.next.get(stage) ?? [];
  const waysOf = (isNode: boolean) =>
    following.map((next, i) => {
      const own = graph.nodes[id]?.edges.indexOf(idOf(next)) ?? -1;
      const edge = own >= 0 ? own : NODE_BIT + idOf(next);
      const counting = i > 0 ? `${branch(way, stage, next)}++; ` : '';
      const asked = isCertain(way, stage) ? '' : `if (edge == ${isNode ? idOf(next) : edge}) `;
      return `  ${asked}{ ${counting}return ${fast(way, next)}(packet); }`;
    });
  const ends =
    following.length > 0
      ? []
      : endingEdges(graph, id).map(({ edge }) => `  if (edge == ${edge}) { endFast(packet); return ${id}; }`);
  return `
/** @inline */
export function ${goOn(way, stage)}(edge: u32, packet: Packet): u32 {
${[...waysOf(false), ...ends].join('\n')}
  ${left(way, stage)}++;
  return leaveFor(nodeOf${id}(edge), packet);
}

/** The same by a node's id. @inline */
export function ${goOnTo(way, stage)}(edge: u32, packet: Packet): u32 {
${waysOf(true).join('\n')}
  ${left(way, stage)}++;
  return leaveFor(edge, packet);
}

/** Lets a packet wait for ${stage.name}. @inline */
export function ${giveUp(way, stage)}(packet: Packet): u32 {
  ${again(way, stage)}++;
  return leaveFor(${id}, packet);
}`;
}

/** Counts a burst's packets at each stage: all that came, but those that left before or come again. */
export function generateCount(way: FastWay, graph: Graph, idOf: (stage: Stage) => number): string {
  const lines: string[] = [];
  for (const stage of way.order) {
    const from = way.order.filter((each) => way.next.get(each)?.includes(stage));
    const arrivals = from.map((each) => flow(way, each, stage));
    const came = stage === way.first ? 'packets' : `(${arrivals.join(' + ')})`;
    lines.push(`  const at${idOf(stage)} = ${came} - ${again(way, stage)};`);
    lines.push(`  count(${idOf(stage)}, at${idOf(stage)});`);
    const [end] = way.next.get(stage)?.length ? [] : endingEdges(graph, idOf(stage));
    if (end) lines.push(`  count(${end.node}, at${idOf(stage)} - ${left(way, stage)});`);
  }
  const counters = way.order.flatMap((stage) => countersOf(way, stage));
  return `
/** Counts a burst on the fast way, and begins the next count. */
function countFast${way.suffix}(packets: u32): void {
${lines.join('\n')}
${counters.map((name) => `  ${name} = 0;`).join('\n')}
}
`;

  function flow(joined: FastWay, each: Stage, to: Stage): string {
    if (joined.next.get(each)?.[0] !== to) return branch(joined, each, to);
    return `(at${idOf(each)} - ${[left(joined, each), ...branches(joined, each)].join(' - ')})`;
  }
}

/** Edges by which packets are out of the worker's hands. */
function endingEdges(graph: Graph, id: number): readonly { readonly edge: number; readonly node: number }[] {
  const edges = graph.nodes[id]?.edges ?? [];
  return edges.flatMap((node, edge) =>
    node >= graph.stageCount && node < graph.firstDrop - 1 ? [{ edge, node }] : [],
  );
}

/** Tells whether it is known where packets go on from a stage: by their port, or as they are foreseen. */
function isCertain({ first, second, next, foreseenTo }: FastWay, stage: Stage): boolean {
  if (stage === first) return second !== undefined;
  return foreseenTo !== undefined && next.get(stage)?.[0] === foreseenTo;
}
