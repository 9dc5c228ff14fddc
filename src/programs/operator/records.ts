import type { Place } from './compile-presences.ts';

/** What compile chose, to be kept in the status of objects: it stays as it is as long as it is there. */
export interface Records {
  /** The id of each network, by key. */
  readonly networks: ReadonlyMap<string, { readonly id: number }>;
  /** The blocks of each subnet, by key. */
  readonly subnets: ReadonlyMap<string, { readonly blocks: Readonly<Record<string, readonly string[]>> }>;
}

/** Collects what was chosen. */
export function recordsOf(places: ReadonlyMap<string, Place>): Records {
  const all = [...places.values()];
  const subnets = all.flatMap((place) => place.subnets);
  return {
    networks: new Map(all.map(({ core }) => [core.key, { id: core.id }])),
    subnets: new Map(subnets.map(({ facts, blocks }) => [facts.key, { blocks: textsOf(blocks) }])),
  };
}

function textsOf(blocks: Place['subnets'][number]['blocks']): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...blocks].map(([node, ranges]) => [node, ranges.map(({ text }) => text)]));
}
