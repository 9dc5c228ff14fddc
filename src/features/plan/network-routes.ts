import { type Problem, problem } from '../../kube/object.ts';
import { addressBits, formatAddress } from '../../net/address.ts';
import type { Stranger } from '../attachment/index.ts';
import type { NetworkCore } from '../network/index.ts';
import type { NodeRouter } from '../node/index.ts';
import type { AddressRange } from '../subnet/index.ts';
import type { PlannedRoute, Way } from './plan.ts';
import { wayBetween } from './tunnels.ts';

/** Where a network is: its nodes, the blocks of each, and addresses outside of them. */
export interface Spread {
  readonly core: NetworkCore;
  readonly hosts: readonly NodeRouter[];
  readonly blocks: readonly ReadonlyMap<string, readonly AddressRange[]>[];
  readonly strangers: readonly Stranger[];
}

/** A route with the node it leads to. */
export type NodeRoute = PlannedRoute & { readonly node: string };

/** What nodes that send alike have of a network: one list for all of them, in which each finds its own blocks, too. */
export interface NetworkRoutes {
  readonly routes: readonly NodeRoute[];
  /** L2: the far ends of all nodes. */
  readonly flood: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Makes the routes that a node like `sender` has to all nodes of a network. */
export function networkRoutes(spread: Spread, sender: NodeRouter): NetworkRoutes {
  const ways = waysTo(spread, sender);
  const routes = spread.core.isLayer2 ? [] : blockRoutes(spread, ways);
  if (!spread.core.isLayer2) routes.push(...strangerRoutes(spread, ways));
  return {
    routes,
    flood: spread.core.isLayer2 ? floodOf(ways) : noFlood,
    problems: complaints(spread, ways, sender),
  };
}

function waysTo({ core, hosts }: Spread, sender: NodeRouter): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>();
  for (const host of hosts) ways.set(host.node, wayBetween(core, sender, host));
  return ways;
}

function blockRoutes({ blocks }: Spread, ways: ReadonlyMap<string, Way>): NodeRoute[] {
  const routes: NodeRoute[] = [];
  for (const [node, way] of ways)
    for (const subnet of blocks)
      for (const { text } of subnet.get(node) ?? noBlocks) routes.push({ prefix: text, node, way });
  return routes;
}

const noBlocks: readonly never[] = [];

function* strangerRoutes({ strangers }: Spread, ways: ReadonlyMap<string, Way>): Iterable<NodeRoute> {
  for (const { address, attachment } of strangers) {
    const { node } = attachment.spec;
    const way = ways.get(node);
    if (way !== undefined)
      yield { prefix: `${formatAddress(address)}/${addressBits(address.family)}`, node, way };
  }
}

const noFlood: ReadonlyMap<string, string> = new Map();

function floodOf(ways: ReadonlyMap<string, Way>): ReadonlyMap<string, string> {
  const ends = new Map<string, string>();
  for (const [node, way] of ways) if (way.kind === 'tunnel') ends.set(node, way.farEnd);
  return ends;
}

function complaints(
  { core, hosts }: Spread,
  ways: ReadonlyMap<string, Way>,
  sender: NodeRouter,
): readonly Problem[] {
  if (hosts.length < 2) return [];
  const reasons: string[] = [];
  for (const way of ways.values()) if (way.kind === 'unreachable') reasons.push(way.reason);
  return reasons.slice(0, 3).map((reason) => problem(core.object, `on ${sender.node}: ${reason}`));
}
