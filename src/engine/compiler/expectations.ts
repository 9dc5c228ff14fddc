import type { FastWay } from './fast-names.ts';
import type { Stage } from './stages.ts';

// What stages of the fast way expect (`@expects output`): who passes a packet on to such a stage asks first whether the
// packet has it, and everything behind that question is there twice (fast-way.ts).

/** A field, a way's name for the value that a stage expects in it, and the functions for that. */
export interface Expectation {
  readonly field: string;
  readonly value: string;
  /** Called where a packet has proved to have it. */
  readonly met: string;
  /** Tells whether a packet has it. */
  readonly asks: string;
  /** From now on what a packet has is expected of the next burst. */
  readonly learns: string;
  /** Whether packets that have it not give up, as there is no copy for them. */
  readonly isBinding: boolean;
}

/** What the stages of a way expect; and what foreseen packets have in common beside it. */
export function expecting(way: FastWay): readonly Expectation[] {
  return [...way.order.flatMap((stage) => expectationOf(way, stage) ?? []), ...commonOf(way)];
}

/** What all packets are expected to have at the start of a way. */
export function expectedFirst(way: FastWay): readonly Expectation[] {
  const own = expectationOf(way, way.first);
  return [...(own ? [own] : []), ...commonOf(way)];
}

/** What is expected of the packets that a stage passes on. */
export function expectedBehind(way: FastWay, stage: Stage): Expectation | undefined {
  return way.next.get(stage)?.flatMap((next) => expectationOf(way, next) ?? [])[0];
}

/** Writes what an expectation needs in the generated module. */
export function generateExpectation({ field, value, met, asks, learns }: Expectation): string {
  return `
let ${value}: u32 = 0;
export function ${met}(packet: Packet): void {}
/** @inline */
export function ${asks}(packet: Packet): bool {
  return packet.${field} == ${value};
}
/** @inline */
export function ${learns}(packet: Packet): void {
  ${value} = packet.${field};
}`;
}

function expectationOf(way: FastWay, stage: Stage): Expectation | undefined {
  const { functionName, expects } = stage;
  return expects === undefined
    ? undefined
    : { ...named(functionName, expects, way), isBinding: stage === way.first };
}

function commonOf(way: FastWay): readonly Expectation[] {
  return way.foreseenTo ? [{ ...named('dataOff', 'dataOff', way), isBinding: true }] : [];
}

function named(name: string, field: string, { suffix }: FastWay): Omit<Expectation, 'isBinding'> {
  return {
    field,
    value: `${name}Expected${suffix}`,
    met: `${name}Met${suffix}`,
    asks: `${name}Asks${suffix}`,
    learns: `${name}Learns${suffix}`,
  };
}
