import ts from 'typescript';
import { NODE_BIT } from '../layout.ts';
import type { Graph } from './graph.ts';
import { functionNamed, type Stage } from './stages.ts';

// The fast way: most packets take one of a few chains of stages. For these the compile step writes a second copy of
// each stage on a chain, in which the last `return` goes straight on to the next stage. At any other `return` the copy
// gives up, and the packet waits for the same stage, which then decides about it anew and at leisure. So the compiler
// makes one loop of the copies in which nothing is called, the common packet meets no queue and no edge that is made a
// number and then compared, and the packet's fields need no memory (packet-locals.ts). A stage written as it reads
// best, the common case last, is so also the fastest. What it asks of such a stage: what it does before an early
// `return` does no harm when it is done twice, and what it calls before the last one is inlined.

/** The stages of the common paths, joined to one graph. */
export interface FastWay {
  readonly first: Stage;
  /** Stages in an order in which each comes after those that lead to it. */
  readonly order: readonly Stage[];
  /** Where each stage's packets go on to; the first is where most go. */
  readonly next: ReadonlyMap<Stage, readonly Stage[]>;
}

/** Joins the common paths. @throws Error when they are not chains of stages from the first one on */
export function joinPaths(
  stages: readonly Stage[],
  paths: readonly (readonly string[])[],
): FastWay | undefined {
  const next = new Map<Stage, Stage[]>();
  for (const path of paths) {
    const steps = path.map((name) => stageNamed(stages, name));
    if (steps[0] !== stages[0]) throw new Error('a common path must start at the first stage');
    for (const [i, step] of steps.entries()) {
      const known = next.get(step) ?? [];
      const following = steps[i + 1];
      next.set(step, following && !known.includes(following) ? [...known, following] : known);
    }
  }
  const [first] = stages;
  return first && next.size > 0 ? { first, order: sortForward(next), next } : undefined;
}

/** Adds the fast copy of a stage to its module's text; `graphModule` is the generated graph as the module imports it. */
export function addFastCopy(stage: Stage, text: string, graphModule: string): string {
  const source = ts.createSourceFile(stage.file, text, ts.ScriptTarget.Latest, true);
  const found = functionNamed(source, stage.functionName);
  if (!found?.body) throw new Error(`stage ${stage.name}: its function has no body`);
  const body = rewriteReturns(stage, found.body, text);
  return [
    `import { ${goOn(stage, false)}, ${goOn(stage, true)}, ${giveUp(stage)} } from '${graphModule}';`,
    text,
    '/** Generated: the same on the fast way. @inline */',
    `export function ${fast(stage)}(packet: Packet): u32 ${body}`,
    '',
  ].join('\n');
}

/** Writes what ties the fast copies together, and the loop that takes a burst through them. */
export function generateFastWay(way: FastWay | undefined, stages: readonly Stage[], graph: Graph): string {
  if (!way) return generateLoop('FIRST_STAGE', '');
  const idOf = (stage: Stage) => stages.indexOf(stage);
  const joints = way.order.map((stage) => generateJoint(stage, { way, graph, idOf }));
  const counters = way.order.flatMap((stage) => countersOf(way, stage));
  return [
    ...counters.map((name) => `let ${name}: u32 = 0;`),
    ...joints,
    generateLoop(`${fast(way.first)}(packet)`, '  countFast(packets);'),
    generateCount(way, graph, idOf),
  ].join('\n');
}

/** The names under which a stage's fast copy is imported. */
export function fastImports(way: FastWay | undefined, stage: Stage): readonly string[] {
  return way?.next.has(stage) ? [fast(stage)] : [];
}

/** Writes the loop over a burst; `first` gives the node for which a packet has left. */
function generateLoop(first: string, after: string): string {
  return `
// What packet-locals.ts looks for: where a packet's way begins, where it leaves for another, and where it ends, from
// where nothing follows but the next packet.
function beginFast(packet: Packet): void {}
function endFast(packet: Packet): void {}
function leaveFast(node: u32, packet: Packet): void {
  arrive(node, packet);
}

/** Takes a burst along the common paths, packet by packet; those that leave them wait for their stage. */
export function passFast(burst: usize, packets: u32): void {
  for (let i: u32 = 0; i < packets; i++) {
    const packet = changetype<Packet>(<usize>load<u32>(burst + (i << 2)));
    worker.burstIndex = i;
    beginFast(packet);
    const node = ${first};
    leaveFast(node, packet);
  }
  worker.burstIndex = packets;
${after}
}
`;
}

interface Joints {
  readonly way: FastWay;
  readonly graph: Graph;
  readonly idOf: (stage: Stage) => number;
}

/** What follows a stage on the fast way, by the edge that its copy gives: a constant nearly always. */
function generateJoint(stage: Stage, { way, graph, idOf }: Joints): string {
  const id = idOf(stage);
  const following = way.next.get(stage) ?? [];
  const waysOf = (isNode: boolean) =>
    following.map((next, i) => {
      const own = graph.nodes[id]?.edges.indexOf(idOf(next)) ?? -1;
      const edge = own >= 0 ? own : NODE_BIT + idOf(next);
      const counting = i > 0 ? `${branch(stage, next)}++; ` : '';
      return `  if (edge == ${isNode ? idOf(next) : edge}) { ${counting}return ${fast(next)}(packet); }`;
    });
  const ends =
    following.length > 0
      ? []
      : endingEdges(graph, id).map(({ edge }) => `  if (edge == ${edge}) { endFast(packet); return ${id}; }`);
  return `
/** @inline */
export function ${goOn(stage, false)}(edge: u32, packet: Packet): u32 {
${[...waysOf(false), ...ends].join('\n')}
  ${left(stage)}++;
  return nodeOf${id}(edge);
}

/** The same by a node's id. @inline */
export function ${goOn(stage, true)}(edge: u32, packet: Packet): u32 {
${waysOf(true).join('\n')}
  ${left(stage)}++;
  return edge;
}

/** Lets a packet wait for ${stage.name}. @inline */
export function ${giveUp(stage)}(): u32 {
  ${again(stage)}++;
  return ${id};
}`;
}

/** Counts a burst's packets at each stage: all that came, but those that left before or come again. */
function generateCount(way: FastWay, graph: Graph, idOf: (stage: Stage) => number): string {
  const lines: string[] = [];
  for (const stage of way.order) {
    const from = way.order.filter((each) => way.next.get(each)?.includes(stage));
    const arrivals = from.map((each) => flow(way, each, stage));
    const came = stage === way.first ? 'packets' : `(${arrivals.join(' + ')})`;
    lines.push(`  const at${idOf(stage)} = ${came} - ${again(stage)};`);
    lines.push(`  count(${idOf(stage)}, at${idOf(stage)});`);
    const [end] = way.next.get(stage)?.length ? [] : endingEdges(graph, idOf(stage));
    if (end) lines.push(`  count(${end.node}, at${idOf(stage)} - ${left(stage)});`);
  }
  const counters = way.order.flatMap((stage) => countersOf(way, stage));
  return `
/** Counts a burst on the fast way, and begins the next count. */
function countFast(packets: u32): void {
${lines.join('\n')}
${counters.map((name) => `  ${name} = 0;`).join('\n')}
}
`;

  function flow(joined: FastWay, each: Stage, to: Stage): string {
    if (joined.next.get(each)?.[0] !== to) return branch(each, to);
    return `(at${idOf(each)} - ${[left(each), ...branches(joined, each)].join(' - ')})`;
  }
}

/** Edges by which packets are out of the worker's hands. */
function endingEdges(graph: Graph, id: number): readonly { readonly edge: number; readonly node: number }[] {
  const edges = graph.nodes[id]?.edges ?? [];
  return edges.flatMap((node, edge) =>
    node >= graph.stageCount && node < graph.firstDrop - 1 ? [{ edge, node }] : [],
  );
}

/** The body of a stage's function with its last statement's `return` going on, and every other giving up. */
function rewriteReturns(stage: Stage, body: ts.Block, text: string): string {
  const last = body.statements.at(-1);
  if (!last || !ts.isReturnStatement(last)) throw new Error(`stage ${stage.name}: it must end in a return`);
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (node === last) {
      edits.push({
        start: node.getStart(),
        end: node.getEnd(),
        text: `return ${continuation(stage, last)};`,
      });
    } else if (ts.isReturnStatement(node)) {
      edits.push({ start: node.getStart(), end: node.getEnd(), text: `return ${giveUp(stage)}();` });
    } else if (node !== body && ts.isBlock(node) && node.statements.some(ts.isReturnStatement)) {
      edits.push({ start: node.getStart(), end: node.getEnd(), text: `{ return ${giveUp(stage)}(); }` });
    } else {
      ts.forEachChild(node, visit);
    }
  };
  visit(body);
  let at = body.getStart();
  const parts: string[] = [];
  for (const edit of edits) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return [...parts, text.slice(at, body.getEnd())].join('');
}

/** What the fast copy does where the stage returns an edge, or `NODE_BIT | node`: then the node need not be marked. */
function continuation(stage: Stage, { expression }: ts.ReturnStatement): string {
  const marked =
    expression && ts.isBinaryExpression(expression) && expression.left.getText() === 'NODE_BIT'
      ? expression.right
      : undefined;
  return `${goOn(stage, marked !== undefined)}(${(marked ?? expression)?.getText()}, packet)`;
}

function sortForward(next: ReadonlyMap<Stage, readonly Stage[]>): Stage[] {
  const sorted: Stage[] = [];
  const visit = (stage: Stage, above: readonly Stage[]): void => {
    if (above.includes(stage)) throw new Error(`the common paths lead from ${stage.name} back to it`);
    if (sorted.includes(stage)) return;
    for (const each of next.get(stage) ?? []) visit(each, [...above, stage]);
    sorted.unshift(stage);
  };
  for (const stage of next.keys()) visit(stage, []);
  return sorted;
}

function stageNamed(stages: readonly Stage[], name: string): Stage {
  const found = stages.find((stage) => stage.name === name);
  if (!found) throw new Error(`a common path names ${name}, which is no stage`);
  return found;
}

function fast(stage: Stage): string {
  return `${stage.functionName}Fast`;
}

function goOn(stage: Stage, toNode: boolean): string {
  return `${stage.functionName}GoOn${toNode ? 'To' : ''}`;
}

function giveUp(stage: Stage): string {
  return `${stage.functionName}GiveUp`;
}

/** Counter of packets that wait for the same stage again. */
function again(stage: Stage): string {
  return `${stage.functionName}Again`;
}

/** Counter of packets that went elsewhere from a stage. */
function left(stage: Stage): string {
  return `${stage.functionName}Left`;
}

function countersOf(way: FastWay, stage: Stage): string[] {
  return [again(stage), left(stage), ...branches(way, stage)];
}

function branch(stage: Stage, to: Stage): string {
  return `${stage.functionName}To_${to.functionName}`;
}

/** The counters of a stage's branches: all but where most packets go. */
function branches(way: FastWay, stage: Stage): string[] {
  return (way.next.get(stage) ?? []).slice(1).map((to) => branch(stage, to));
}
