import { NODE_BIT } from '../layout.ts';
import { expectedFirst, expecting, generateExpectation } from './expectations.ts';
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
import { generatePassReceived } from './received-ways.ts';
import type { Stage } from './stages.ts';

// The fast way: most packets take one of a few chains of stages. For these the compile step writes a second copy of
// each stage on a chain, in which the last `return` goes straight on to the next stage. At any other `return` the copy
// gives up, and the packet waits for the same stage, which then decides about it anew and at leisure. So the compiler
// makes one loop of the copies in which nothing is called, the common packet meets no queue and no edge that is made a
// number and then compared, and the packet's fields need no memory (packet-locals.ts). A stage written as it reads
// best, the common case last, is so also the fastest. What it asks of such a stage: what it does before an early
// `return` does no harm when it is done twice, and what it calls before the last one is inlined.
//
// A stage may name a field that most packets of a burst have in common (`@expects output`). Its copy is then there twice,
// with the last `return` of the stages before it: for packets that have what the stage expects, of whose records much is
// known already (remembered.ts), and for all others. At the first stage of a way others give up: a burst comes from one port.
//
// Packets of which a short loop has proven the most (`foreseen`) have a loop of their own, in which the stages on the most
// common path of all leave those questions out: where a stage asks `isForeseen()`, its copy there has the answer.
//
// Paths that begin with the same stage share a loop, and each loop has copies of its own. What is received has a loop for
// each stage that takes it behind the first one (received-ways.ts), the other loops take what waits for the stage that they
// begin with: so bridges, steps of interfaces and tunnels cost plain packets nothing.

/** Joins the common paths, one way for those that begin alike. @throws Error when the first is not that which receives */
function joinPaths(stages: readonly Stage[], paths: readonly (readonly string[])[]): readonly FastWay[] {
  const named = paths.map((path) => path.map((name) => stageNamed(stages, name)));
  const [received] = named[0] ?? [];
  if (received !== undefined && received !== stages[0]) {
    throw new Error('the first of the common paths must start at the first stage');
  }
  const groups = Map.groupBy(named, ([first, second]) => (first === received ? second : first));
  return [...groups.values()].flatMap((own, place) => {
    const [[first, second] = []] = own;
    if (!first) return [];
    const next = joinSteps(own);
    const suffix = place === 0 ? '' : String(place);
    const certain = first === received && place > 0 ? second : undefined;
    return [{ first, second: certain, suffix, foreseenTo: undefined, order: sortForward(next), next }];
  });
}

/** The same, and behind them those of packets that are foreseen to take a path. */
export function joinWays(
  stages: readonly Stage[],
  paths: readonly (readonly string[])[],
  foreseen?: { readonly paths: readonly (readonly string[])[]; readonly to: string },
): readonly FastWay[] {
  const ways = joinPaths(stages, paths);
  if (!foreseen) return ways;
  const foreseenTo = stageNamed(stages, foreseen.to);
  const own = joinPaths(stages, foreseen.paths).map((way, place) => {
    const second = way.next.get(way.first)?.[0];
    return { ...way, second, suffix: String(ways.length + place), foreseenTo };
  });
  return [...ways, ...own];
}

/** Which stages follow each one on some paths. */
function joinSteps(paths: readonly (readonly Stage[])[]): ReadonlyMap<Stage, readonly Stage[]> {
  const next = new Map<Stage, readonly Stage[]>();
  for (const path of paths) {
    for (const [i, step] of path.entries()) {
      const known = next.get(step) ?? [];
      const following = path[i + 1];
      next.set(step, following && !known.includes(following) ? [...known, following] : known);
    }
  }
  return next;
}

/** Writes what ties the fast copies together, and the loops that take packets through them. */
export function generateFastWays(ways: readonly FastWay[], stages: readonly Stage[], graph: Graph): string {
  const idOf = (stage: Stage) => stages.indexOf(stage);
  const loops = ways.map((way) => generateFastWay({ way, graph, idOf }));
  const empty = generateLoop({ suffix: '', before: '', first: 'leaveFor(FIRST_STAGE, packet)', after: '' });
  const waiting = ways.filter((way) => !isReceived(way));
  return [
    markers,
    ...(loops.length > 0 ? loops : [empty]),
    generatePassReceived(ways.filter(isReceived), idOf),
    generatePassFrom(waiting, idOf),
  ].join('\n');
}

function generateFastWay({ way, graph, idOf }: Joints): string {
  const joints = way.order.map((stage) => generateJoint(stage, { way, graph, idOf }));
  const counters = way.order.flatMap((stage) => countersOf(way, stage));
  return [
    ...counters.map((name) => `let ${name}: u32 = 0;`),
    ...expecting(way).map(generateExpectation),
    ...joints,
    generateStart(way),
    generateLoop({
      suffix: way.suffix,
      before: `${expectFirst(way)}  expectFast();`,
      first: `startFast${way.suffix}(packet)`,
      after: `  countFast${way.suffix}(packets - begin);`,
    }),
    generateCount(way, graph, idOf),
  ].join('\n');
}

/** The names under which a stage's fast copies are imported. */
export function fastImports(ways: readonly FastWay[], stage: Stage): readonly string[] {
  return ways.filter(({ next }) => next.has(stage)).map((way) => fast(way, stage));
}

/** The loop of a way, and whether the packets come as a port has received them. */
export function loopOf(way: FastWay) {
  const { suffix } = way;
  const received = isReceived(way);
  return {
    loop: `passFast${suffix}`,
    some: `passSome${suffix}`,
    one: `passOne${suffix}`,
    along: `passAlong${suffix}`,
    received,
  };
}

function isReceived({ suffix, second }: FastWay): boolean {
  return suffix === '' || second !== undefined;
}

/** Tells whether it is known where packets go on from a stage: by their port, or as they are foreseen. */
function isCertain({ first, second, next, foreseenTo }: FastWay, stage: Stage): boolean {
  if (stage === first) return second !== undefined;
  return foreseenTo !== undefined && next.get(stage)?.[0] === foreseenTo;
}

/** What the first packet has is expected of all. */
function expectFirst(way: FastWay): string {
  const lines = expectedFirst(way).map(({ field, value }) => `  ${value} = first.${field};\n`);
  if (lines.length === 0) return '';
  return `  const first = packetAt(begin);\n${lines.join('')}`;
}

function generateStart(way: FastWay): string {
  const checks = expectedFirst(way).map(({ asks, met }) => {
    const ask = `  if (!${asks}(packet)) return ${giveUp(way, way.first)}(packet);\n`;
    return `${way.foreseenTo ? '' : ask}  ${met}(packet);\n`;
  });
  return `
/** @inline */
function startFast${way.suffix}(packet: Packet): u32 {
${checks.join('')}  return ${fast(way, way.first)}(packet);
}
`;
}

const markers = `
// What remembered.ts looks for: where it is known what is expected.
function expectFast(): void {}
// What packet-locals.ts looks for: where a packet's way begins, and where it ends or leaves for another.
function beginFast(packet: Packet, slot: usize): void {}
function endFast(packet: Packet): void {}
function leaveFast(packet: Packet): void {}

/** The node for which the packet at hand has left. */
let leaving: u32 = 0;

/** Lets a packet leave for a node: out of the loop, in which nothing is called. @inline */
function leaveFor(node: u32, packet: Packet): u32 {
  leaving = node;
  leaveFast(packet);
  return node;
}

/** Notes how far the burst has come: where a packet leaves, packet-locals.ts calls it. */
function stopAt(slot: usize): void {
  worker.burstIndex = <u32>(slot - slotOf(0)) >> 2;
}

/** Lets the packet that has left wait for its stage. */
function letGo(): void {
  arrive(leaving, packetAt(worker.burstIndex));
  worker.burstIndex++;
}

/** Where a packet of the burst at work stands. @inline */
function slotOf(index: u32): usize {
  return changetype<usize>(worker) + WORKER_BURST + (index << 2);
}

/** @inline */
function packetAt(index: u32): Packet {
  return changetype<Packet>(<usize>load<u32>(slotOf(index)));
}
`;

interface LoopText {
  readonly suffix: string;
  /** Done before the first packet. */
  readonly before: string;
  /** Takes a packet to where it ends or leaves. */
  readonly first: string;
  readonly after: string;
}

/**
 * Writes the loop over a burst, and one round it that goes on behind a packet that has left: so the inner one calls
 * nothing, and all that stays the same lies in registers there.
 */
function generateLoop({ suffix, before, first, after }: LoopText): string {
  return `
/** Takes a burst from one packet on along the common paths; those that leave them wait for their stage. */
export function passFast${suffix}(begin: u32, packets: u32): void {
${before}
  worker.burstIndex = begin;
  while (worker.burstIndex < packets) {
    const from = worker.burstIndex;
    passSome${suffix}(from, packets);
    gatherStretch(changetype<Transmit>(0), from, worker.burstIndex);
    if (worker.burstIndex < packets) letGo();
  }
${after}
}

/** Takes packets along until one leaves. @inline */
function passSome${suffix}(begin: u32, packets: u32): void {
  const end = slotOf(packets);
  for (let slot = slotOf(begin); slot < end; slot += 4) passOne${suffix}(changetype<Packet>(<usize>load<u32>(slot)), slot);
  stopAt(end);
}

/** Takes a packet along; who is not gathered with the others comes to the end. @inline */
function passOne${suffix}(packet: Packet, slot: usize): void {
  passAlong${suffix}(packet, slot);
  setApart(slot);
}

/** @inline */
function passAlong${suffix}(packet: Packet, slot: usize): void {
  beginFast(packet, slot);
  ${first};
}
`;
}

/** Writes who takes what waits for a stage along the common paths that begin there. */
function generatePassFrom(ways: readonly FastWay[], idOf: (stage: Stage) => number): string {
  const ids = ways.map((way) => `stage == ${idOf(way.first)}`);
  return `
/** Tells whether common paths begin with a stage, beside the one that receives. */
export function beginsPath(stage: u32): bool {
  return ${ids.join(' || ') || 'false'};
}

/** Takes packets along the common paths that begin with a stage; those that leave them wait, perhaps for the same stage. */
export function passFrom(stage: u32, packets: u32): void {
${ways.map((way, i) => `  if (${ids[i]}) passFast${way.suffix}(0, packets);`).join('\n')}
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
function generateCount(way: FastWay, graph: Graph, idOf: (stage: Stage) => number): string {
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
