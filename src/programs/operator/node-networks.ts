import type { Presence } from '../../features/plan/operator.ts';
import { type Problem, problem } from '../../kube/object.ts';
import type { Place } from './compile-presences.ts';
import { Memo } from './memo.ts';

/** The networks of a node, by key in order. */
export type Presences = ReadonlyMap<string, Presence>;

export interface NodeNetworks {
  readonly byNode: ReadonlyMap<string, Presences>;
  readonly problems: readonly Problem[];
}

// A router has 255 VRFs, main among them (src/features/vrf/README.md).
const mostVrfs = 254;

/** Sorts the networks by node; only nodes of whose networks one has changed are looked at again. */
export class NodeNetworksCompiler {
  readonly #compiled = new Memo<NodeNetworks>();
  #places: Places = new Map();
  #byNode: ReadonlyMap<string, Presences> = new Map();
  #overfull: ReadonlyMap<string, readonly Problem[]> = new Map();

  compile(places: Places): NodeNetworks {
    return this.#compiled.get('', [...places.values()], () => {
      const byNode = new Map(this.#byNode);
      const overfull = new Map(this.#overfull);
      for (const node of changedBetween(this.#places, places)) {
        const here = [...places.values()].filter(({ presences }) => presences.has(node));
        replace(byNode, node, networksOf(node, here));
        replace(
          overfull,
          node,
          here.slice(mostVrfs).map(({ core }) => tooMany(node, core)),
        );
      }
      [this.#places, this.#byNode, this.#overfull] = [places, byNode, overfull];
      return { byNode, problems: inOrderOfNodes(overfull) };
    });
  }
}

type Places = ReadonlyMap<string, Place>;

/** The nodes that have something else of a network, or have it no more. */
function changedBetween(before: Places, now: Places): ReadonlySet<string> {
  const nodes = new Set<string>();
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const [old, fresh] = [before.get(key)?.presences ?? nothing, now.get(key)?.presences ?? nothing];
    if (old === fresh) continue;
    for (const [node, presence] of fresh) if (old.get(node) !== presence) nodes.add(node);
    for (const node of old.keys()) if (!fresh.has(node)) nodes.add(node);
  }
  return nodes;
}

const nothing: Place['presences'] = new Map();

function networksOf(node: string, places: readonly Place[]): Presences {
  const own = places.slice(0, mostVrfs).flatMap(({ presences }) => presences.get(node) ?? []);
  return new Map(own.map((presence) => [presence.core.key, presence]));
}

function tooMany(node: string, { object }: Place['core']): Problem {
  return problem(object, `expected at most ${mostVrfs} networks on a node, got more on ${node}`);
}

/** Puts something in a map, unless it is empty. */
function replace<Value extends { readonly size: number } | readonly unknown[]>(
  map: Map<string, Value>,
  key: string,
  value: Value,
): void {
  const size = 'size' in value ? value.size : value.length;
  if (size === 0) map.delete(key);
  else map.set(key, value);
}

function inOrderOfNodes(problems: ReadonlyMap<string, readonly Problem[]>): readonly Problem[] {
  return [...problems.keys()].sort().flatMap((node) => problems.get(node) ?? []);
}
