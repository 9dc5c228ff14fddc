import type { Presence } from '../../features/plan/operator.ts';
import { type Problem, problem } from '../../kube/object.ts';
import type { Place } from './compile-presences.ts';
import { Lists, Memo } from './memo.ts';

/** The networks of a node, by key in order. */
export type Presences = ReadonlyMap<string, Presence>;

export interface NodeNetworks {
  readonly byNode: ReadonlyMap<string, Presences>;
  readonly problems: readonly Problem[];
}

// A router has 255 VRFs, main among them (src/features/vrf/README.md).
const mostVrfs = 254;

/** Sorts the networks by node; a node whose networks are the same has the same map again. */
export class NodeNetworksCompiler {
  readonly #lists = new Lists<Presence>();
  readonly #maps = new Memo<Presences>();
  readonly #compiled = new Memo<NodeNetworks>();

  compile(places: ReadonlyMap<string, Place>): NodeNetworks {
    return this.#compiled.get('', [...places.values()], () => {
      const lists = new Map<string, Presence[]>();
      const problems: Problem[] = [];
      for (const { core, presences } of places.values()) {
        for (const [node, presence] of presences) {
          const others = lists.get(node) ?? [];
          lists.set(node, others);
          if (others.length < mostVrfs) others.push(presence);
          else
            problems.push(
              problem(core.object, `expected at most ${mostVrfs} networks on a node, got more on ${node}`),
            );
        }
      }
      const byNode = new Map([...lists].map(([node, list]) => [node, this.#mapOf(node, list)]));
      return { byNode, problems };
    });
  }

  #mapOf(node: string, list: readonly Presence[]): Presences {
    const stable = this.#lists.same(node, list);
    return this.#maps.get(
      node,
      [stable],
      () => new Map(stable.map((presence) => [presence.core.key, presence])),
    );
  }
}
