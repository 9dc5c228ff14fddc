import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { parseAddress } from '../../net/address.ts';
import { parsePrefix } from '../../net/prefix.ts';
import type { PodNetwork, PodNetworks } from './network.ts';
import { PodError } from './pod-error.ts';

/** What attaching containers takes of a node's plan; the plan says more. */
export const networksOfPlan = Type.Object({
  networks: Type.Array(
    Type.Object({
      name: Type.String(),
      vrf: Type.Optional(Type.String()),
      mtu: Type.Integer(),
      routerMac: Type.String(),
    }),
  ),
  subnets: Type.Array(
    Type.Object({
      network: Type.String(),
      prefix: Type.String(),
      gateway: Type.String(),
      blocks: Type.Array(Type.String()),
      excluded: Type.Array(Type.String()),
      sticky: Type.Boolean(),
    }),
  ),
});

type Networks = Static<typeof networksOfPlan>;
const check = Compile(networksOfPlan);

/** Reads the networks of a node's plan. @throws PodError invalid */
export function readNetworks(doing: string, plan: unknown): PodNetworks {
  if (!check.Check(plan)) {
    const [first] = check.Errors(plan);
    const received = first ? `${first.instancePath || 'something'}: ${first.message}` : 'something else';
    throw new PodError('invalid', { doing, expected: 'the plan of a node', received });
  }
  const routed = plan.networks.flatMap((network) => networkOf(network, plan.subnets));
  return new Map(routed.map((network) => [network.name, network]));
}

function networkOf(
  { name, vrf, mtu, routerMac }: Networks['networks'][number],
  subnets: Networks['subnets'],
): readonly PodNetwork[] {
  if (vrf === undefined) return []; // L2: a bridge, which attachments of ours do not join yet
  const own = subnets.filter(({ network }) => network === name);
  return [
    {
      name,
      vrf,
      mtu,
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
