import type { Placed, Settled } from '../../features/attachment/index.ts';
import { placeAttachments } from '../../features/attachment/operator.ts';
import type { NodeRouter } from '../../features/node/index.ts';
import {
  type NetworkRoutes,
  type NodeParts,
  networkRoutes,
  senderClass,
} from '../../features/plan/operator.ts';
import type { Problem } from '../../kube/object.ts';
import type { NodeGroup } from './attachments-by-node.ts';
import type { CompiledNetworks } from './compile-networks.ts';
import type { CompiledNodes } from './compile-nodes.ts';
import type { Place } from './compile-presences.ts';
import { Memo, sameItems } from './memo.ts';
import { NodeNetworksCompiler, type Presences } from './node-networks.ts';
import { StrangersCompiler } from './strangers.ts';

/** All that the plan of a node is made of; the same objects while its plan is the same. */
export interface NodeInputs {
  readonly shared: SharedParts;
  readonly placed: Placed;
}

/** What of a node's plan does not follow from its own attachments. */
export type SharedParts = Omit<NodeParts, 'placed'>;

export interface CompiledInputs {
  readonly inputs: ReadonlyMap<string, NodeInputs>;
  readonly problems: readonly Problem[];
}

export interface Cluster {
  readonly nodes: CompiledNodes;
  readonly networks: CompiledNetworks;
  readonly groups: ReadonlyMap<string, NodeGroup>;
  readonly places: ReadonlyMap<string, Place>;
}

const nothingHere: Presences = new Map();

/** Gathers for each node what its plan is made of. */
export class NodeInputsCompiler {
  readonly #networks = new NodeNetworksCompiler();
  readonly #strangers = new StrangersCompiler();
  readonly #routes = new Memo<NetworkRoutes>();
  readonly #ways = new Memo<Ways>();
  readonly #allShared = new Memo<AllShared>();
  #placed: ReadonlyMap<string, PlacedNode> = new Map();
  #shared: ReadonlyMap<string, SharedParts> = new Map();

  compile(cluster: Cluster): CompiledInputs {
    const { nodes, networks, groups, places } = cluster;
    const here = this.#networks.compile(places);
    const placed = this.#place(nodes, groups, here.byNode);
    const settled = this.#strangers.compile(placed, places);
    const inputs = [nodes.routers, networks, settled, ...places.values()];
    const shared = this.#allShared.get('', inputs, () => this.#shareAll(cluster, here.byNode, settled));
    return {
      inputs: inputsOf(shared.byNode, placed),
      problems: [...here.problems, ...settled.problems, ...attachmentProblems(placed), ...shared.problems],
    };
  }

  #place(
    nodes: CompiledNodes,
    groups: ReadonlyMap<string, NodeGroup>,
    networks: ReadonlyMap<string, Presences>,
  ): ReadonlyMap<string, Placed> {
    const now = new Map<string, PlacedNode>();
    const placed = new Map<string, Placed>();
    for (const node of nodes.routers.keys()) {
      const made = placeOn(this.#placed.get(node), groups.get(node), networks.get(node) ?? nothingHere);
      now.set(node, made);
      placed.set(node, made.placed);
    }
    this.#placed = now;
    return placed;
  }

  #shareAll(cluster: Cluster, networks: ReadonlyMap<string, Presences>, settled: Settled): AllShared {
    const { routers } = cluster.nodes;
    const ways = new Map<string, Ways>();
    const shared = new Map<string, SharedParts>();
    for (const router of routers.values()) {
      const presences = networks.get(router.node) ?? nothingHere;
      const alike = alikeOf(router, presences);
      const own = ways.get(alike) ?? this.#waysOf(alike, { cluster, router, presences, settled });
      ways.set(alike, own);
      const before = this.#shared.get(router.node);
      const isSame =
        before !== undefined && isMadeOf(before, { router, presences, settled, routes: own.routes });
      shared.set(router.node, isSame ? before : { router, presences, settled, ...own });
    }
    this.#ways.keep(ways);
    this.#shared = shared;
    return { byNode: shared, problems: routeProblems(ways) };
  }

  /** What nodes have in common that send alike and have the same networks. */
  #waysOf(alike: string, { cluster, router, presences, settled }: Sharing): Ways {
    const { imports, externals } = cluster.networks;
    const sender = senderOf(router);
    const keys = [...presences.keys()];
    const routes = new Map<string, NetworkRoutes>();
    for (const key of new Set(keys.flatMap((own) => [own, ...(imports.get(own) ?? [])]))) {
      const place = cluster.places.get(key);
      if (place !== undefined) routes.set(key, this.#routesOf(place, { router, sender, settled }));
    }
    const inputs = [
      ...routes.values(),
      ...keys.flatMap((key) => [imports.get(key), externals.has(key), settled.byNetwork.get(key)]),
    ];
    return this.#ways.get(alike, inputs, () => ({ imports, externals, routes }));
  }

  #routesOf(place: Place, { router, sender, settled }: Sending): NetworkRoutes {
    const { core, hosts, subnets } = place;
    const strangers = settled.byNetwork.get(core.key) ?? noStrangers;
    return this.#routes.get(`${core.key} ${sender}`, [place, strangers], () =>
      networkRoutes({ core, hosts, blocks: subnets.map(({ blocks }) => blocks), strangers }, router),
    );
  }
}

/** What has come of the attachments of a node, and of what. */
interface PlacedNode {
  readonly group: NodeGroup | undefined;
  readonly presences: Presences;
  /** What of the networks attachments depend on: of each its key and its subnets. */
  readonly here: readonly unknown[];
  readonly placed: Placed;
}

/** The same as before while it is made of the same: asked for every node whenever one has changed. */
function placeOn(
  before: PlacedNode | undefined,
  group: NodeGroup | undefined,
  presences: Presences,
): PlacedNode {
  if (before?.group === group && before?.presences === presences) return before;
  const here = [...presences.values()].flatMap(({ core, subnets }) => [core.key, subnets]);
  if (before !== undefined && before.group === group && sameItems(before.here, here))
    return { group, presences, here, placed: before.placed };
  const subnets = new Map([...presences].map(([key, presence]) => [key, presence.subnets]));
  return { group, presences, here, placed: placeAttachments(group?.attachments ?? [], subnets) };
}

/** Tells whether parts are made of these; of addresses that were settled only what was refused shows in a plan. */
function isMadeOf(
  parts: SharedParts,
  { router, presences, settled, routes }: Pick<SharedParts, 'router' | 'presences' | 'settled' | 'routes'>,
): boolean {
  if (parts.router !== router || parts.presences !== presences || parts.routes !== routes) return false;
  return parts.settled === settled || parts.settled.refused.size + settled.refused.size === 0;
}

/** What leads to a node's networks and to what they import. */
type Ways = Pick<SharedParts, 'imports' | 'externals' | 'routes'>;

const senders = new WeakMap<NodeRouter, string>();

function senderOf(router: NodeRouter): string {
  const known = senders.get(router) ?? senderClass(router);
  senders.set(router, known);
  return known;
}

const likenesses = new WeakMap<NodeRouter, { readonly presences: Presences; readonly alike: string }>();

/** Says in one word how a node sends and which networks it has. */
function alikeOf(router: NodeRouter, presences: Presences): string {
  const known = likenesses.get(router);
  if (known?.presences === presences) return known.alike;
  const alike = [senderOf(router), ...presences.keys()].join(' ');
  likenesses.set(router, { presences, alike });
  return alike;
}

interface AllShared {
  readonly byNode: ReadonlyMap<string, SharedParts>;
  readonly problems: readonly Problem[];
}

const noStrangers: readonly never[] = [];

interface Sharing {
  readonly cluster: Cluster;
  readonly router: NodeRouter;
  readonly presences: Presences;
  readonly settled: Settled;
}

interface Sending {
  readonly router: NodeRouter;
  readonly sender: string;
  readonly settled: Settled;
}

function inputsOf(
  shared: ReadonlyMap<string, SharedParts>,
  placed: ReadonlyMap<string, Placed>,
): ReadonlyMap<string, NodeInputs> {
  const inputs = new Map<string, NodeInputs>();
  for (const [node, parts] of shared) {
    const own = placed.get(node);
    if (own !== undefined) inputs.set(node, { shared: parts, placed: own });
  }
  return inputs;
}

function attachmentProblems(placed: ReadonlyMap<string, Placed>): readonly Problem[] {
  const all: Problem[] = [];
  for (const { problems } of placed.values()) if (problems.length > 0) all.push(...problems);
  return all;
}

/** Nodes that send alike complain alike: once is enough. */
function routeProblems(ways: ReadonlyMap<string, Ways>): readonly Problem[] {
  const lists = new Set([...ways.values()].flatMap(({ routes }) => [...routes.values()]));
  return [...lists].flatMap(({ problems }) => problems);
}
