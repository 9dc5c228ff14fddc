import type { FastWay } from './fast-names.ts';
import type { Stage } from './stages.ts';

// What is received has several loops: one for each stage that takes it behind the first one, which the port of a burst's
// first packet tells (`stageBehind` of the program), and in front of some one for foreseen packets. The first loop of all
// asks each packet, and takes bursts that go elsewhere, too.

/** Writes what takes a received burst along. */
export function generatePassReceived(ways: readonly FastWay[], idOf: (stage: Stage) => number): string {
  const seconds = new Set(ways.flatMap(secondOf));
  const chosen = seconds.size > 1 || ways.some(({ foreseenTo }) => foreseenTo);
  const choices = chosen ? [...seconds].map((second) => generateChoice(ways, second, idOf)) : [];
  return `
/** Takes a received burst along the common paths; packets that leave them wait for their stage. */
export function passReceived(packets: u32): void {
${chosen ? '  const burst = changetype<usize>(worker) + WORKER_BURST;\n  const second = stageBehind(burst);' : ''}
${choices.join('\n')}
  passFast(0, packets);
}
`;
}

/** Writes what becomes of a burst that a stage takes behind the first one. */
function generateChoice(ways: readonly FastWay[], second: Stage, idOf: (stage: Stage) => number): string {
  const own = ways.filter((way) => secondOf(way)[0] === second);
  const foreseen = own.find(({ foreseenTo }) => foreseenTo);
  const others = own.find(({ foreseenTo }) => !foreseenTo)?.suffix ?? '';
  const lines = foreseen
    ? [
        'const begin = foresee(burst, packets);',
        `if (begin) passFast${foreseen.suffix}(0, begin);`,
        `if (begin < packets) passFast${others}(begin, packets);`,
        'return;',
      ]
    : [`return passFast${others}(0, packets);`];
  return `  if (second == ${idOf(second)}) {\n${lines.map((line) => `    ${line}`).join('\n')}\n  }`;
}

/** Where most packets of a way go on to from the first stage, if anywhere. */
function secondOf({ first, next }: FastWay): readonly Stage[] {
  return next.get(first)?.slice(0, 1) ?? [];
}
