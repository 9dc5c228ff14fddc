import { parseAddress } from '../../net/address.ts';
import { parsePrefix } from '../../net/prefix.ts';
import type { NodePlan } from '../plan/index.ts';
import type { PodNetwork, PodNetworks } from './network.ts';

/** The networks of a node's plan that containers can be attached to. @throws ValueError */
export function readNetworks({ networks, subnets }: Pick<NodePlan, 'networks' | 'subnets'>): PodNetworks {
  const routed = networks.flatMap((network) => networkOf(network, subnets));
  return new Map(routed.map((network) => [network.name, network]));
}

function networkOf(
  { name, vrf, mtu, label, routerMac }: NodePlan['networks'][number],
  subnets: NodePlan['subnets'],
): readonly PodNetwork[] {
  if (vrf === undefined) return []; // L2: a bridge, which attachments of ours do not join yet
  const own = subnets.filter(({ network }) => network === name);
  return [
    {
      name,
      vrf,
      mtu,
      label,
      routerMac,
      subnets: own.map(({ prefix, gateway, blocks, excluded, sticky }) => ({
        prefix: parsePrefix(prefix),
        gateway: parseAddress(gateway),
        blocks: blocks.map(parsePrefix),
        excluded: excluded.map(parsePrefix),
        sticky,
      })),
    },
  ];
}
