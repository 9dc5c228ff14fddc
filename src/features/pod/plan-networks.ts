import { formatAddress, parseAddress } from '../../net/address.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { gatewayVrf } from '../fabric/index.ts';
import type { NodePlan } from '../plan/index.ts';
import type { PodNetwork, PodNetworks } from './network.ts';

/** What of a node's plan attaching needs. */
type Parts = Pick<NodePlan, 'networks' | 'subnets' | 'attachments'>;

/** The networks of a node's plan that containers can be attached to. @throws ValueError */
export function readNetworks(plan: Parts): PodNetworks {
  return new Map(plan.networks.map((network) => [network.name, networkOf(network, plan)]));
}

function networkOf(network: Parts['networks'][number], { subnets, attachments }: Parts): PodNetwork {
  const { name, vrf = gatewayVrf(network), bridge, mtu, label, routerMac } = network;
  const own = subnets.filter((subnet) => subnet.network === name);
  const asking = attachments.filter(({ spec }) => spec.network === name);
  return {
    name,
    vrf,
    bridge,
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
    granted: new Set(asking.flatMap(({ spec }) => spec.addresses.map(canonical))),
  };
}

function canonical(address: string): string {
  return formatAddress(parseAddress(address));
}
