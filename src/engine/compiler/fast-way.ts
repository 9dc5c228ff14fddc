import { expectedFirst, expecting, generateExpectation } from './expectations.ts';
import { generateCount, generateJoint, type Joints } from './fast-joints.ts';
import { generateLoop, generatePassFrom, markers } from './fast-loops.ts';
import { countersOf, type FastWay, fast, giveUp } from './fast-names.ts';
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
