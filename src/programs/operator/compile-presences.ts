import type { NodeSubnet } from '../../features/attachment/index.ts';
import type { NetworkCore } from '../../features/network/index.ts';
import { networkMtu } from '../../features/network/operator.ts';
import type { NodeRouter } from '../../features/node/index.ts';
import type { Presence } from '../../features/plan/operator.ts';
import type { SubnetFacts } from '../../features/subnet/index.ts';
import { assignBlocks, blocksWanted, type SubnetBlocks } from '../../features/subnet/operator.ts';
import { type Problem, problem } from '../../kube/object.ts';
import type { NodeGroup } from './attachments-by-node.ts';
import { type Attempt, attempt } from './attempt.ts';
import type { CompiledNetworks } from './compile-networks.ts';
import type { CompiledNodes } from './compile-nodes.ts';
import { Lists, Memo } from './memo.ts';

/** Where a network is. */
export interface Place {
  readonly core: NetworkCore;
  readonly hosts: readonly NodeRouter[];
  readonly subnets: readonly { readonly facts: SubnetFacts; readonly blocks: SubnetBlocks['blocks'] }[];
  /** What each of its hosts has of it, by node. */
  readonly presences: ReadonlyMap<string, Presence>;
  readonly problems: readonly Problem[];
}

/** Spreads networks over their nodes and gives each node its blocks. */
export class PlaceCompiler {
  readonly #selected = new Memo<readonly NodeRouter[]>();
  readonly #hosts = new Lists<NodeRouter>();
  readonly #mtus = new Memo<Attempt<number>>();
  readonly #blocks = new Memo<Attempt<SubnetBlocks>>();
  readonly #places = new Memo<Place>();
  readonly #presences = new Memo<Presence>();

  /** Gives the places of all networks that are somewhere, by the network's key. */
  compile(
    nodes: CompiledNodes,
    networks: CompiledNetworks,
    groups: ReadonlyMap<string, NodeGroup>,
  ): ReadonlyMap<string, Place> {
    const places = new Map<string, Place>();
    for (const core of networks.cores.values()) {
      const hosts = this.#hostsOf(core, nodes);
      const subnets = networks.subnets.get(core.key) ?? [];
      places.set(core.key, this.#place({ core, hosts, subnets, groups, nodes }));
    }
    return places;
  }

  #hostsOf(core: NetworkCore, { index, routers }: CompiledNodes): readonly NodeRouter[] {
    const hosts = this.#selected.get(core.key, [core.object, index, routers], () =>
      index.select(core.object.spec).flatMap(({ metadata }) => routers.get(metadata.name) ?? []),
    );
    return this.#hosts.same(core.key, hosts);
  }

  #place({ core, hosts, subnets, groups, nodes }: Ingredients): Place {
    const blocks = subnets.map((facts) => this.#assign(facts, hosts, groups));
    const unknown = nodes.index.unknown(core.object.spec).join(', ');
    return this.#places.get(core.key, [core, hosts, unknown, ...subnets, ...blocks], () => {
      const mtu = this.#mtus.get(core.key, [core, ...hosts], () => attempt(() => networkMtu(core, hosts)));
      const assigned = subnets.map((facts, index) => ({ facts, attempt: blocks[index] }));
      const good = assigned.flatMap(({ facts, attempt }) =>
        attempt?.value === undefined ? [] : [{ facts, blocks: attempt.value.blocks }],
      );
      const problems = [
        ...(unknown === '' ? [] : [problem(core.object, `expected names of nodes in nodes, got ${unknown}`)]),
        ...(mtu.reason === undefined || hosts.length === 0 ? [] : [problem(core.object, mtu.reason)]),
        ...assigned.flatMap(({ facts, attempt }) => complaints(facts, attempt)),
      ];
      const presences =
        mtu.value === undefined ? new Map() : this.#spread({ core, hosts, mtu: mtu.value, good });
      return { core, hosts: presences.size === 0 ? [] : hosts, subnets: good, presences, problems };
    });
  }

  #assign(
    facts: SubnetFacts,
    hosts: readonly NodeRouter[],
    groups: ReadonlyMap<string, NodeGroup>,
  ): Attempt<SubnetBlocks> {
    const wanted = hosts.map(({ node }) =>
      blocksWanted(facts, groups.get(node)?.counts.get(facts.network) ?? 0),
    );
    return this.#blocks.get(facts.key, [facts, hosts, ...wanted], () => {
      const byNode = new Map(hosts.map(({ node }, index) => [node, wanted[index] ?? 1]));
      return attempt(() => assignBlocks(facts, byNode));
    });
  }

  #spread({ core, hosts, mtu, good }: Spreading): ReadonlyMap<string, Presence> {
    const entries = hosts.map(({ node }): readonly [string, Presence] => {
      const subnets = good.map(
        ({ facts, blocks }): NodeSubnet => ({ facts, blocks: blocks.get(node) ?? [] }),
      );
      const inputs = subnets.flatMap(({ facts, blocks }) => [facts, ...blocks.map(({ text }) => text)]);
      return [
        node,
        this.#presences.get(`${core.key} ${node}`, [core, mtu, ...inputs], () => ({ core, mtu, subnets })),
      ];
    });
    return new Map(entries);
  }
}

interface Ingredients {
  readonly core: NetworkCore;
  readonly hosts: readonly NodeRouter[];
  readonly subnets: readonly SubnetFacts[];
  readonly groups: ReadonlyMap<string, NodeGroup>;
  readonly nodes: CompiledNodes;
}

interface Spreading {
  readonly core: NetworkCore;
  readonly hosts: readonly NodeRouter[];
  readonly mtu: number;
  readonly good: Place['subnets'];
}

function complaints(facts: SubnetFacts, made: Attempt<SubnetBlocks> | undefined): readonly Problem[] {
  if (made?.value !== undefined) return made.value.problems;
  return made?.reason === undefined ? [] : [problem(facts.object, made.reason)];
}
