import type { NodeSubnet } from '../../features/attachment/index.ts';
import type { NetworkCore } from '../../features/network/index.ts';
import { networkMtu } from '../../features/network/operator.ts';
import type { NodeRouter } from '../../features/node/index.ts';
import type { Presence } from '../../features/plan/operator.ts';
import type { SubnetFacts } from '../../features/subnet/index.ts';
import {
  assignBlocks,
  blocksWanted,
  oneBlockHolds,
  type SubnetBlocks,
} from '../../features/subnet/operator.ts';
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
  readonly #subnets = new Memo<readonly NodeSubnet[]>();
  readonly #presences = new Memo<Presence>();

  /** Gives the places of all networks that are somewhere, by the network's key. */
  compile(
    nodes: CompiledNodes,
    networks: CompiledNetworks,
    groups: ReadonlyMap<string, NodeGroup>,
  ): ReadonlyMap<string, Place> {
    const crowds = crowdsOf(networks, groups);
    const places = new Map<string, Place>();
    for (const core of networks.cores.values()) {
      const hosts = this.#hostsOf(core, nodes);
      const subnets = networks.subnets.get(core.key) ?? [];
      const unknown = nodes.index.unknown(core.object.spec).join(', ');
      places.set(
        core.key,
        this.#place({ core, hosts, subnets, crowd: crowds.get(core.key) ?? nobody, unknown }),
      );
    }
    return places;
  }

  #hostsOf(core: NetworkCore, { index, routers }: CompiledNodes): readonly NodeRouter[] {
    const hosts = this.#selected.get(core.key, [core.object, index, routers], () =>
      index.select(core.object.spec).flatMap(({ metadata }) => routers.get(metadata.name) ?? []),
    );
    return this.#hosts.same(core.key, hosts);
  }

  #place({ core, hosts, subnets, crowd, unknown }: Ingredients): Place {
    const blocks = subnets.map((facts) => this.#assign(facts, hosts, crowd));
    return this.#places.get(core.key, [core, hosts, unknown, ...subnets, ...blocks], () => {
      const mtu = this.#mtus.get(core.key, [core, ...hosts], () => attempt(() => networkMtu(core, hosts)));
      const assigned = subnets.map((facts, index) => ({ facts, made: blocks[index] }));
      const good = assigned.flatMap(({ facts, made }) =>
        made?.value === undefined ? [] : [{ facts, blocks: made.value.blocks }],
      );
      const problems = [
        ...(unknown === '' ? [] : [problem(core.object, `expected names of nodes in nodes, got ${unknown}`)]),
        ...(mtu.reason === undefined || hosts.length === 0 ? [] : [problem(core.object, mtu.reason)]),
        ...assigned.flatMap(({ facts, made }) => complaints(facts, made)),
      ];
      const presences =
        mtu.value === undefined ? new Map() : this.#spread({ core, hosts, mtu: mtu.value, good });
      return { core, hosts: presences.size === 0 ? [] : hosts, subnets: good, presences, problems };
    });
  }

  #assign(facts: SubnetFacts, hosts: readonly NodeRouter[], crowd: Crowd): Attempt<SubnetBlocks> {
    const more = [...crowd].map(([node, count]) => [node, blocksWanted(facts, count)] as const);
    return this.#blocks.get(facts.key, [facts, hosts, ...more.flat()], () => {
      const wanted = new Map(hosts.map(({ node }): [string, number] => [node, 1]));
      for (const [node, count] of more) if (wanted.has(node)) wanted.set(node, count);
      return attempt(() => assignBlocks(facts, wanted));
    });
  }

  #spread({ core, hosts, mtu, good }: Spreading): ReadonlyMap<string, Presence> {
    const entries = hosts.map(({ node }): readonly [string, Presence] => {
      const key = `${core.key} ${node}`;
      const blocks = good.map((subnet) => subnet.blocks.get(node) ?? []);
      const inputs = good.flatMap(({ facts }, index) => [facts, ...(blocks[index] ?? [])]);
      const subnets = this.#subnets.get(key, inputs, () =>
        good.map(({ facts }, index) => ({ facts, blocks: blocks[index] ?? [] })),
      );
      return [node, this.#presences.get(key, [core, mtu, subnets], () => ({ core, mtu, subnets }))];
    });
    return new Map(entries);
  }
}

/** How many attachments of a network those nodes have that may need more than one block. */
type Crowd = ReadonlyMap<string, number>;

const nobody: Crowd = new Map();

function crowdsOf(
  { subnets }: CompiledNetworks,
  groups: ReadonlyMap<string, NodeGroup>,
): ReadonlyMap<string, Crowd> {
  const least = Math.min(...[...subnets.values()].flat().map(oneBlockHolds));
  const crowds = new Map<string, Map<string, number>>();
  for (const [node, { counts, most }] of groups) {
    if (most <= least) continue;
    for (const [network, count] of counts) {
      const crowd = crowds.get(network) ?? new Map();
      crowds.set(network, crowd.set(node, count));
    }
  }
  return crowds;
}

interface Ingredients {
  readonly core: NetworkCore;
  readonly hosts: readonly NodeRouter[];
  readonly subnets: readonly SubnetFacts[];
  readonly crowd: Crowd;
  /** Names of nodes that there are none of. */
  readonly unknown: string;
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
