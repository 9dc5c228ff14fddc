import type { DatapathInfo } from '../compiler/compile.ts';
import { nodesOf } from '../compiler/graph.ts';

/** What the control side uses of the datapath that runs: another one must have all of it. */
export interface Needs {
  /** Stages and drops that it knows by name: tables may lead to them. */
  readonly nodes: readonly string[];
  /** Functions that it calls, with how many parameters. */
  readonly functions: Readonly<Record<string, number>>;
}

/** Why a datapath cannot take over: what was expected of it, and what it is. */
export interface Misfit {
  readonly expected: string;
  readonly received: string;
}

/** Tells whether a datapath can take over the tables of the one that runs, and all of its work; undefined when it can. */
export function findMisfit(running: DatapathInfo, next: DatapathInfo, needs: Needs): Misfit | undefined {
  if (next.layout !== running.layout) {
    return {
      expected: `tables laid out as those of the running one (${running.layout})`,
      received: `others (${next.layout}): it needs a restart`,
    };
  }
  return missingNode(next, needs) ?? movedNode(running, next);
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
