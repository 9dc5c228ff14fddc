import type { PlannedPort, PlannedVrf } from '../plan/index.ts';
import { bridgePieces } from './bridge-pieces.ts';
import { addressPiece, vrfPiece } from './common-pieces.ts';
import { nextHopsOf } from './next-hops.ts';
import type { Piece } from './piece.ts';
import type { RouterPlan } from './router-plan.ts';
import { foreignTunnels, tunnelPieces } from './tunnel-pieces.ts';

/** Takes a plan apart into the things that the router shall have, in the order in which they can be made. */
export function piecesOf(plan: RouterPlan): readonly Piece[] {
  const [local] = plan.underlay.addresses;
  const nextHops = nextHopsOf(plan);
  const vrouter = `VRouter ${plan.vrouter.object}`;
  const owner = ({ networks: [network] }: PlannedVrf) =>
    network === undefined ? vrouter : `VirtualNetwork ${network}`;
  const others = plan.vrfs.filter(({ name }) => name !== 'main');
  return [
    ...others.flatMap((vrf) => pieces(owner(vrf), [vrfPiece(vrf.name)])),
    ...pieces(vrouter, plan.ports.flatMap(portPieces)),
    ...plan.networks.flatMap((network) =>
      pieces(
        `VirtualNetwork ${network.name}`,
        network.bridge === undefined ? tunnelPieces(network, plan.underlay) : bridgePieces(network, local),
      ),
    ),
    ...pieces(vrouter, [...foreignTunnels(plan), ...nextHops.pieces]),
    ...plan.vrfs.flatMap((vrf) =>
      pieces(
        owner(vrf),
        vrf.routes.flatMap(({ prefix, way }) => routePieces(vrf.name, prefix, nextHops.idOf(vrf.name, way))),
      ),
    ),
  ];
}

/** Says of pieces which object they are for. */
function pieces(of: string, list: readonly Piece[]): readonly Piece[] {
  return list.map((piece) => ({ ...piece, of }));
}

function portPieces({ name, device, vrf, mtu, addresses }: PlannedPort): readonly Piece[] {
  const add = [`interface add port ${name} devargs ${device} mtu ${mtu} vrf ${vrf}`];
  const change = (before: string) =>
    before.endsWith(` ${device}`)
      ? [`interface set port ${name} mtu ${mtu} vrf ${vrf}`]
      : [`interface del ${name}`, ...add];
  return [
    { key: `port ${name} ${mtu} ${vrf} ${device}`, add, change },
    ...addresses.map((address) => addressPiece(name, address)),
  ];
}

function routePieces(vrf: string, prefix: string, id: number | undefined): readonly Piece[] {
  if (id === undefined) return [];
  return [{ key: `route ${vrf} ${prefix} ${id}`, add: [`route add ${prefix} via id ${id} vrf ${vrf}`] }];
}
