import { formatPrefix, hostPrefix } from '../../net/prefix.ts';
import type { Placed, Settled } from '../attachment/index.ts';
import type { PlannedNetwork } from '../network/index.ts';
import type { NodeRouter } from '../node/index.ts';
import { isWithin, type PlannedSubnet } from '../subnet/index.ts';
import type { NetworkRoutes, NodeRoute } from './network-routes.ts';
import type { NodePlan, PlannedRoute, PlannedVrf } from './plan.ts';
import type { Presence } from './presence.ts';
import { routerMac } from './router-mac.ts';

/** All that the plan of one node is made of. */
export interface NodeParts {
  readonly router: NodeRouter;
  /** The networks that are here, by key, in order. */
  readonly presences: ReadonlyMap<string, Presence>;
  readonly placed: Placed;
  readonly settled: Settled;
  readonly imports: ReadonlyMap<string, readonly string[]>;
  /** The networks that the outside world is routed to. */
  readonly externals: ReadonlySet<string>;
  /** The routes of each network that nodes sending like this one have. */
  readonly routes: ReadonlyMap<string, NetworkRoutes>;
}

/** Puts the plan of a node together. */
export function nodePlan(parts: NodeParts): NodePlan {
  const { router, presences, placed, settled } = parts;
  return {
    node: router.node,
    vrouter: router.vrouter,
    underlay: router.underlay,
    ports: router.ports,
    vrfs: vrfsOf(parts),
    networks: [...presences.values()].map((presence) => plannedNetwork(presence, parts)),
    subnets: [...presences.values()].flatMap((presence) => plannedSubnets(presence, parts)),
    attachments: placed.accepted.filter((each) => !settled.refused.has(each)),
    warnings: router.warnings,
  };
}

function vrfsOf(parts: NodeParts): readonly PlannedVrf[] {
  const routed = [...parts.presences.values()].filter(({ core }) => !core.isLayer2);
  const others = new Set(parts.router.ports.map(({ vrf }) => vrf));
  for (const name of ['main', ...routed.map(({ core }) => core.place)]) others.delete(name);
  return [
    { id: 0, name: 'main', networks: [], routes: mainRoutes(parts, routed) },
    ...[...others].map((name) => ({ id: 0, name, networks: [], routes: defaultsOf(name, parts.router) })),
    ...routed.map((presence) => networkVrf(presence, parts)),
  ];
}

function networkVrf({ core }: Presence, parts: NodeParts): PlannedVrf {
  const imports = parts.imports.get(core.key) ?? [];
  const imported = imports.flatMap((key) => importedRoutes(key, parts));
  const own = parts.routes.get(core.key)?.routes ?? [];
  return {
    id: core.id,
    name: core.place,
    networks: [core.key, ...imports],
    routes: [
      ...defaultsOf(core.place, parts.router),
      ...(parts.externals.has(core.key) ? externalDefaults : []),
      ...(own.length === 0 ? [] : routesFrom(own, parts.router.node)),
      ...imported,
    ],
  };
}

const externalDefaults: readonly PlannedRoute[] = ['0.0.0.0/0', '::/0'].map((prefix) => ({
  prefix,
  way: { kind: 'vrf', vrf: 'main' },
}));

/** A block of this node ends here: only the host routes of its attachments lead on. */
function routesFrom(routes: readonly NodeRoute[], node: string): readonly PlannedRoute[] {
  return routes.flatMap((route) => (route.node === node ? ownRoute(route) : [route]));
}

function ownRoute({ prefix, node }: NodeRoute): readonly PlannedRoute[] {
  if (isHostRoute(prefix)) return [];
  return [
    {
      prefix,
      node,
      way: { kind: 'unreachable', reason: 'a block of this node: its addresses have routes of their own' },
    },
  ];
}

function isHostRoute(prefix: string): boolean {
  return prefix.endsWith(prefix.includes(':') ? '/128' : '/32');
}

/** The imported network's addresses on this node are in that network's VRF. */
function importedRoutes(key: string, parts: NodeParts): readonly PlannedRoute[] {
  const here = parts.presences.get(key);
  return (parts.routes.get(key)?.routes ?? []).map((route) =>
    route.node === parts.router.node && here !== undefined
      ? { ...route, way: { kind: 'vrf', vrf: here.core.place } }
      : route,
  );
}

function mainRoutes(
  { router, placed, externals }: NodeParts,
  routed: readonly Presence[],
): readonly PlannedRoute[] {
  const external = routed.filter(({ core }) => externals.has(core.key));
  const outside = placed.strangers.filter(({ attachment }) => externals.has(attachment.spec.network));
  const places = new Map(external.map(({ core }) => [core.key, core.place]));
  return [
    ...defaultsOf('main', router),
    ...external.flatMap(({ core, subnets }) =>
      subnets.flatMap(({ blocks }) => blocks.map(({ text }) => leak(text, core.place))),
    ),
    ...outside.map(({ address, attachment }) =>
      leak(formatPrefix(hostPrefix(address)), places.get(attachment.spec.network) ?? 'main'),
    ),
  ];
}

function leak(prefix: string, vrf: string): PlannedRoute {
  return { prefix, way: { kind: 'vrf', vrf } };
}

function defaultsOf(vrf: string, router: NodeRouter): readonly PlannedRoute[] {
  return router.defaultRoutes
    .filter((route) => route.vrf === vrf)
    .map(({ prefix, gateway }) => ({ prefix, way: { kind: 'gateway', address: gateway } }));
}

function plannedNetwork({ core, mtu, subnets }: Presence, parts: NodeParts): PlannedNetwork {
  const flood = core.isLayer2 ? [...(parts.routes.get(core.key)?.flood ?? [])] : [];
  return {
    name: core.key,
    type: core.isLayer2 ? 'L2' : 'L3',
    id: core.id,
    ...(core.isLayer2 ? { bridge: core.place } : { vrf: core.place }),
    encapsulations: core.encapsulations,
    vni: core.vni,
    label: core.label,
    mtu,
    routerMac,
    gateways: subnets.map(({ facts }) => `${facts.gateway}/${facts.range.length}`),
    imports: parts.imports.get(core.key) ?? [],
    flood: flood.flatMap(([node, farEnd]) => (node === parts.router.node ? [] : [farEnd])),
  };
}

function plannedSubnets({ subnets, core }: Presence, { settled }: NodeParts): readonly PlannedSubnet[] {
  const strangers = settled.byNetwork.get(core.key) ?? [];
  return subnets.map(({ facts, blocks }) => ({
    name: facts.key,
    network: core.key,
    prefix: facts.range.text,
    gateway: facts.gateway,
    blocks: blocks.map(({ text }) => text),
    excluded: [
      ...facts.excluded.map(({ text }) => text),
      ...strangers
        .filter(({ address }) => blocks.some((block) => isWithin(block, address)))
        .map(({ address }) => formatPrefix(hostPrefix(address))),
    ],
    sticky: facts.object.spec.sticky,
  }));
}
