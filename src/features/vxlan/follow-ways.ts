import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { NextHops } from '../neighbor/index.ts';
import { followUnderlay } from '../tunnel/index.ts';
import { TunnelSizes } from './tunnel-sizes.ts';
import type { Vxlans } from './vxlans.ts';

/** Lets the sizes of tunnels follow their far ends, and the ways to them. */
export function followWays(
  router: Pick<Router, 'quiet' | 'log'>,
  below: { readonly interfaces: Interfaces; readonly nextHops: NextHops; readonly ip: IpFeature },
  { tunnels, flooding, stations, farEnds }: Vxlans,
): { close(): void } {
  const { interfaces, nextHops, ip } = below;
  const { addresses, routes } = ip;
  const farEndsOf = (id: number) => {
    const { encapVrf, vni } = tunnels.get(id);
    const named = stations.farEndsOf(id).flatMap((name) => farEnds.find(name)?.address ?? []);
    return [...named, ...flooding.lists.of(encapVrf, vni).map(({ address }) => address)];
  };
  const sizes = new TunnelSizes({ interfaces, addresses, routes, nextHops, tunnels, farEndsOf });
  const following = followUnderlay(router, { interfaces, nextHops, ip }, () => {
    sizes.refresh();
    return false;
  });
  interfaces.listen({ added: ({ type }) => type === 'vxlan' && following.soon() });
  flooding.lists.onChange(following.soon);
  stations.onNamed(following.soon);
  return following;
}
