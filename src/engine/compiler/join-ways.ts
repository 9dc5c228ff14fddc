import type { FastWay } from './fast-names.ts';
import type { Stage } from './stages.ts';

// The common paths as graphs (fast-way.ts).

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
