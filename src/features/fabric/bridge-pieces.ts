import type { PlannedNetwork } from '../plan/index.ts';
import { addressPiece, vrfPiece } from './common-pieces.ts';
import type { Piece } from './piece.ts';

/**
 * What an L2 network is made of: a bridge with the gateway's address in a VRF of its own, from which no route leads on,
 * and a VXLAN that floods to all other nodes of the network.
 */
export function bridgePieces(network: PlannedNetwork, local: string | undefined): readonly Piece[] {
  const { bridge, mtu, routerMac, gateways } = network;
  if (bridge === undefined) return [];
  const vrf = gatewayVrf(network);
  const words = `vrf ${vrf} mac ${routerMac} mtu ${mtu}`;
  return [
    vrfPiece(vrf),
    {
      key: `bridge ${bridge} ${vrf} ${routerMac} ${mtu}`,
      add: [`interface add bridge ${bridge} ${words}`],
      change: () => [`interface set bridge ${bridge} ${words}`],
    },
    ...gateways.map((address) => addressPiece(bridge, address)),
    ...(local === undefined ? [] : memberPieces(network, bridge, local)),
  ];
}

/** Names the VRF of an L2 network's gateway: no object has such a name. */
export function gatewayVrf({ id }: Pick<PlannedNetwork, 'id'>): string {
  return `gw_${id.toString(16).padStart(5, '0')}`;
}

function memberPieces({ vni, mtu, flood }: PlannedNetwork, bridge: string, local: string): readonly Piece[] {
  const name = `vx${vni}`;
  const words = `local ${local} domain ${bridge} mtu ${mtu}`;
  return [
    {
      key: `vxlan ${name} ${local} - ${bridge} ${mtu}`,
      add: [`interface add vxlan ${name} vni ${vni} ${words}`],
      change: () => [`interface set vxlan ${name} ${words}`],
    },
    ...flood.map((farEnd) => ({
      key: `flood ${vni} ${farEnd}`,
      add: [`flood vtep add ${farEnd} vni ${vni}`],
    })),
  ];
}
