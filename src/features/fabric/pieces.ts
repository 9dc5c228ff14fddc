import type { NodePlan, PlannedRoute, Tunnel } from '../plan/index.ts';
import { innerMac } from './inner-mac.ts';
import { numbered } from './numbered.ts';

/** One thing that a router shall have: a name that says all of it, and the lines of ctl that make it. */
export interface Piece {
  readonly key: string;
  readonly add: readonly string[];
}

/** The part of a node's plan that its router is made of, but for what containers need. */
export type RouterPlan = Pick<NodePlan, 'ports' | 'vrfs' | 'networks' | 'underlay'>;

/** What a plan makes of a router. */
export interface Pieces {
  /** In the order in which they can be made. */
  readonly list: readonly Piece[];
  /** What the router cannot do yet, and why. */
  readonly refused: readonly string[];
}

/** Takes a plan apart into the things that the router shall have. */
export function piecesOf(plan: RouterPlan): Pieces {
  const ways = waysOf(plan);
  const routes = plan.vrfs.flatMap((vrf) => vrf.routes.map((route) => ({ vrf: vrf.name, route })));
  return {
    list: [
      ...plan.vrfs.filter(({ name }) => name !== 'main').map(({ name }) => vrfPiece(name)),
      ...plan.ports.flatMap(portPieces),
      ...plan.networks.flatMap((network) => networkPieces(network, plan)),
      ...[...ways.values()],
      ...routes.flatMap(({ vrf, route }) => routePieces(vrf, route, ways)),
    ],
    refused: routes
      .filter(({ route }) => route.way.kind === 'vrf')
      .map(({ vrf, route }) => `${route.prefix} in VRF ${vrf}: routes into another VRF are not built yet`),
  };
}

function vrfPiece(name: string): Piece {
  return { key: `vrf ${name}`, add: [`interface add vrf ${name}`] };
}

function portPieces({ name, device, vrf, mtu, addresses }: RouterPlan['ports'][number]): readonly Piece[] {
  const place = vrf === 'main' ? '' : ` vrf ${vrf}`;
  const add = [`interface add port ${name} devargs ${device} mtu ${mtu}${place}`];
  return [
    { key: `port ${name}`, add },
    ...addresses.map((address) => ({
      key: `address ${name} ${address}`,
      add: [`address add ${address} iface ${name}`],
    })),
  ];
}

/** What packets from other nodes come in by: a label, and a VXLAN where the network may travel so. */
function networkPieces(
  { vrf, label, vni, encapsulations }: RouterPlan['networks'][number],
  { underlay }: RouterPlan,
): readonly Piece[] {
  if (vrf === undefined) return [];
  const labelled = encapsulations.some((each) => each !== 'vxlan');
  const [local] = underlay.addresses;
  const pieces: Piece[] = [];
  if (labelled) pieces.push({ key: `label ${label} ${vrf}`, add: [`label add ${label} vrf ${vrf}`] });
  if (encapsulations.includes('vxlan') && local !== undefined) {
    const words = `vni ${vni} local ${local} mac ${innerMac(local)} vrf ${vrf}`;
    const name = `vx${vni}`;
    pieces.push({ key: `vxlan ${name}`, add: [`interface add vxlan ${name} ${words}`] });
  }
  return pieces;
}

function routePieces(vrf: string, { prefix, way }: PlannedRoute, ways: Ways): readonly Piece[] {
  if (way.kind === 'gateway') {
    const add = [`route add ${prefix} via ${way.address} vrf ${vrf}`];
    return [{ key: `via ${vrf} ${prefix} ${way.address}`, add }];
  }
  const hop = ways.get(way.kind === 'tunnel' ? tunnelText(way) : `reject ${vrf}`);
  if (hop === undefined || way.kind === 'vrf') return [];
  const key = `route ${vrf} ${prefix} ${hop.id}`;
  const add = [`route add ${prefix} via id ${hop.id} vrf ${vrf}`];
  return [{ key, add }];
}

/** Next hops by what they are: tunnels first, then what leads through them. */
type Ways = ReadonlyMap<string, Piece & { readonly id: number }>;

function waysOf({ vrfs }: RouterPlan): Ways {
  const all = vrfs.flatMap(({ name, routes }) => routes.map(({ way }) => ({ name, way })));
  const tunnels = all.flatMap(({ way }) => (way.kind === 'tunnel' ? [way] : []));
  const rejects = all.filter(({ way }) => way.kind === 'unreachable').map(({ name }) => `reject ${name}`);
  const labelled = tunnels.filter(({ encapsulation }) => encapsulation !== 'vxlan');
  const ids = numbered([...labelled.map(underlayText), ...tunnels.map(tunnelText), ...rejects]);
  const idOf = (text: string) => ids.get(text) ?? 0;
  const hop = (text: string, add: readonly string[]) => {
    const id = idOf(text);
    return [text, { id, key: `nexthop ${id}`, add }] as const;
  };
  return new Map([
    ...rejects.map((text) =>
      hop(text, [`nexthop add reject id ${idOf(text)} vrf ${text.slice('reject '.length)}`]),
    ),
    ...labelled.map((tunnel) =>
      hop(underlayText(tunnel), [
        `nexthop add ${tunnel.encapsulation} remote ${tunnel.farEnd} id ${idOf(underlayText(tunnel))}`,
      ]),
    ),
    ...labelled.map((tunnel) => {
      const text = tunnelText(tunnel);
      const via = idOf(underlayText(tunnel));
      return hop(text, [`nexthop add mpls label ${tunnel.number} via ${via} id ${idOf(text)}`]);
    }),
    ...tunnels
      .filter(({ encapsulation }) => encapsulation === 'vxlan')
      .map((tunnel) => {
        const text = tunnelText(tunnel);
        const [iface, mac] = [`vx${tunnel.number}`, innerMac(tunnel.farEnd)];
        const station = `fdb add ${mac} iface ${iface} vtep ${tunnel.farEnd}`;
        const add = `nexthop add l3 iface ${iface} id ${idOf(text)} address ${tunnel.farEnd} mac ${mac} remote`;
        return hop(text, [station, add]);
      }),
  ]);
}

function underlayText({ encapsulation, farEnd }: Tunnel): string {
  return `${encapsulation} ${farEnd}`;
}

function tunnelText({ encapsulation, farEnd, number }: Tunnel): string {
  return `${encapsulation} ${farEnd} ${number}`;
}
