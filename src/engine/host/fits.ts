import type { DatapathInfo } from '../compiler/compile.ts';
import { nodesOf } from '../compiler/graph.ts';
import { overlap } from '../compiler/regions.ts';

/** What the control side uses of the datapath that runs: another one must have all of it. */
export interface Needs {
  /** Stages and drops that it knows by name: tables may lead to them. */
  readonly nodes: readonly string[];
  /** Functions that it calls, with how many parameters. */
  readonly functions: Readonly<Record<string, number>>;
  /** Tables whose bytes it leaves to these functions and can write again, with the numbers of their layout that it does without. */
  readonly rewrites: readonly { readonly tables: readonly string[]; readonly unknown?: readonly string[] }[];
}

/** Why a datapath cannot take over: what was expected of it, and what it is. */
export interface Misfit {
  readonly expected: string;
  readonly received: string;
}

/** Tells whether a datapath can take over the tables of the one that runs, and all of its work; undefined when it can. */
export function findMisfit(running: DatapathInfo, next: DatapathInfo, needs: Needs): Misfit | undefined {
  return (
    missingNode(next, needs) ??
    movedNode(running, next) ??
    otherShape(running, next, needs) ??
    otherTable(running, next, needs)
  );
}

/** Finds a function that the control side calls and a datapath has not, or not with these parameters. */
export function findMissingFunction(
  exports: Readonly<Record<string, unknown>>,
  needs: Needs,
): Misfit | undefined {
  for (const [name, parameters] of Object.entries(needs.functions)) {
    const found = exports[name];
    const received = typeof found === 'function' ? `one of ${found.length}` : 'none';
    if (typeof found === 'function' && found.length === parameters) continue;
    return { expected: `the control function ${name} of ${parameters} parameters`, received };
  }
  return undefined;
}

/** The tables that two datapaths both have and lay out otherwise: what is in them is to be written again. */
export function otherTables(running: DatapathInfo, next: DatapathInfo): readonly string[] {
  return Object.entries(running.tables)
    .filter(([name, { layout }]) => (next.tables[name]?.layout ?? layout) !== layout)
    .map(([name]) => name);
}

/** Numbers and records that the control side knows as well. */
function otherShape(running: DatapathInfo, next: DatapathInfo, needs: Needs): Misfit | undefined {
  const others = otherTables(running, next);
  const unknown = needs.rewrites
    .filter(({ tables }) => tables.every((name) => others.includes(name)))
    .flatMap((rewrite) => rewrite.unknown ?? []);
  const other = Object.entries(running.shapes)
    .filter(([name]) => !unknown.includes(name.split(' ')[1] ?? ''))
    .find(([name, shape]) => (next.shapes[name] ?? shape) !== shape);
  if (!other) return undefined;
  const [name, shape] = other;
  return {
    expected: `${name} as the control side knows it: ${shape}`,
    received: `${next.shapes[name]}: it needs a restart`,
  };
}

/** Tables that agree must lie where they are, and the others must be such as can be written again beside them. */
function otherTable(running: DatapathInfo, next: DatapathInfo, needs: Needs): Misfit | undefined {
  const others = otherTables(running, next);
  const rewritten = needs.rewrites.flatMap(({ tables }) => tables);
  const lost = others.find((name) => !rewritten.includes(name));
  if (lost !== undefined) {
    return {
      expected: `the table ${lost} laid out as it is, as nobody can write it again`,
      received: 'another layout of it: it needs a restart',
    };
  }
  return misplaced(running, next, others);
}

function misplaced(running: DatapathInfo, next: DatapathInfo, others: readonly string[]): Misfit | undefined {
  for (const [name, place] of Object.entries(next.tables)) {
    const now = others.includes(name) ? undefined : running.tables[name];
    const isThere = now
      ? now.address === place.address
      : !Object.values(running.tables).some((each) => overlap(each, place));
    if (isThere) continue;
    return {
      expected: now ? `the table ${name} where it is` : `the table ${name} where the running build has none`,
      received: 'another place: build it with --beside and the file of the build that runs',
    };
  }
  return undefined;
}

function missingNode(next: DatapathInfo, needs: Needs): Misfit | undefined {
  const names = new Set(nodesOf(next.graph).map(({ name }) => name));
  const missing = needs.nodes.filter((name) => !names.has(name));
  if (missing.length === 0) return undefined;
  return {
    expected: `the stage or drop ${missing.join(', ')}, which is in use`,
    received: 'a build without',
  };
}

/** Tables hold the numbers of nodes. */
function movedNode(running: DatapathInfo, next: DatapathInfo): Misfit | undefined {
  const numbers = new Map(nodesOf(next.graph).map(({ name, id }) => [name, id]));
  const moved = nodesOf(running.graph).find(({ name, id }) => (numbers.get(name) ?? id) !== id);
  if (!moved) return undefined;
  return {
    expected: `number ${moved.id} for ${moved.name}, as tables hold it`,
    received: `${numbers.get(moved.name)}: builds share their numbers by src/programs/vrouter/node-numbers.ts`,
  };
}
