import { parseAddress } from '../../net/address.ts';
import type { PlannedNetwork } from '../plan/index.ts';
import { overheadOf } from '../vxlan/index.ts';
import { innerMac } from './inner-mac.ts';
import type { Piece } from './piece.ts';
import type { RouterPlan } from './router-plan.ts';

/** What packets of an L3 network come in by: a label, and a VXLAN where the network may travel so. */
export function tunnelPieces(
  { vrf, label, vni, encapsulations }: PlannedNetwork,
  underlay: RouterPlan['underlay'],
): readonly Piece[] {
  if (vrf === undefined) return [];
  const isLabelled = encapsulations.some((each) => each !== 'vxlan');
  return [
    ...(isLabelled ? [{ key: `label ${label} ${vrf}`, add: [`label add ${label} vrf ${vrf}`] }] : []),
    ...(encapsulations.includes('vxlan') ? vxlanPieces(vni, vrf, underlay) : []),
  ];
}

/** The VXLANs that lead to imported networks which are not on this node. */
export function foreignTunnels({ vrfs, networks, underlay }: RouterPlan): readonly Piece[] {
  const own = new Set(networks.map(({ vni }) => vni));
  const foreign = new Map<number, string>();
  for (const { name, routes } of vrfs)
    for (const { way } of routes) {
      const isForeign = way.kind === 'tunnel' && way.encapsulation === 'vxlan' && !own.has(way.number);
      if (isForeign && !foreign.has(way.number)) foreign.set(way.number, name);
    }
  return [...foreign].flatMap(([vni, vrf]) => vxlanPieces(vni, vrf, underlay));
}

function vxlanPieces(vni: number, vrf: string, { addresses, mtu }: RouterPlan['underlay']): readonly Piece[] {
  const [local] = addresses;
  if (local === undefined) return [];
  const [name, mac] = [`vx${vni}`, innerMac(local)];
  const room = mtu - overheadOf(parseAddress(local));
  const words = `local ${local} mac ${mac} vrf ${vrf} mtu ${room}`;
  return [
    {
      key: `vxlan ${name} ${local} ${mac} ${vrf} ${room}`,
      add: [`interface add vxlan ${name} vni ${vni} ${words}`],
      change: () => [`interface set vxlan ${name} ${words}`],
    },
  ];
}
