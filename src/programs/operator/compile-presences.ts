import type { NodeSubnet } from '../../features/attachment/index.ts';
import type { NetworkCore } from '../../features/network/index.ts';
import { networkMtu } from '../../features/network/operator.ts';
import type { Node, NodeRouter } from '../../features/node/index.ts';
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
import { Lists, Memo, sameItems } from './memo.ts';

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
  readonly #selected = new Lists<Node>();
  readonly #routers = new Memo<readonly NodeRouter[]>();
  readonly #hosts = new Lists<NodeRouter>();
  readonly #mtus = new Memo<Attempt<number>>();
  readonly #blocks = new Memo<Attempt<SubnetBlocks>>();
  readonly #places = new Memo<Place>();
  /** Of each network as it was last. */
  readonly #presences = new Map<string, Place['presences']>();

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
    for (const key of this.#presences.keys()) if (!places.has(key)) this.#presences.delete(key);
    return places;
  }

  /** Which router a node has follows from the node and from all VRouters. */
  #hostsOf(core: NetworkCore, { index, vrouters, routers }: CompiledNodes): readonly NodeRouter[] {
    const selected = this.#selected.same(core.key, index.select(core.object.spec));
    const hosts = this.#routers.get(core.key, [selected, vrouters], () =>
      selected.map(({ metadata }) => routers.get(metadata.name)).filter((router) => router !== undefined),
    );
    return this.#hosts.same(core.key, hosts);
  }

  #place({ core, hosts, subnets, crowd, unknown }: Ingredients): Place {
    const blocks = subnets.map((facts) => this.#assign(facts, hosts, crowd));
    return this.#places.get(core.key, [core, hosts, unknown, ...subnets, ...blocks], () => {
      const mtu = this.#mtus.get(core.key, [core, hosts], () => attempt(() => networkMtu(core, hosts)));
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
      const wanted = new Map<string, number>();
      for (const { node } of hosts) wanted.set(node, 1);
      for (const [node, count] of more) if (wanted.has(node)) wanted.set(node, count);
      return attempt(() => assignBlocks(facts, wanted));
    });
  }

  #spread(spreading: Spreading): Place['presences'] {
    const { core, hosts } = spreading;
    const before = this.#presences.get(core.key);
    const now = new Map<string, Presence>();
    for (const { node } of hosts) now.set(node, presenceOn(node, spreading, before?.get(node)));
    this.#presences.set(core.key, now);
    return now;
  }
}

/** What a node has of a network: the same object as before while it is the same. */
function presenceOn(node: string, { core, mtu, good }: Spreading, before: Presence | undefined): Presence {
  const subnets = isOn(node, good, before?.subnets) ? before.subnets : subnetsOn(node, good);
  if (before?.core === core && before.mtu === mtu && before.subnets === subnets) return before;
  return { core, mtu, subnets };
}

function subnetsOn(node: string, good: Place['subnets']): readonly NodeSubnet[] {
  return good.map(({ facts, blocks }) => ({ facts, blocks: blocks.get(node) ?? noBlocks }));
}

/** Tells whether these are the subnets of a node, with the same blocks in each. */
function isOn(
  node: string,
  good: Place['subnets'],
  subnets: readonly NodeSubnet[] | undefined,
): subnets is readonly NodeSubnet[] {
  if (subnets?.length !== good.length) return false;
  return good.every(({ facts, blocks }, index) => {
    const own = subnets[index];
    return own?.facts === facts && sameItems(own.blocks, blocks.get(node) ?? noBlocks);
  });
}

const noBlocks: readonly never[] = [];

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
