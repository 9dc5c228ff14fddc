import { examplesOf } from './docs.ts';
import type { Host } from './host.ts';
import { linkRouters } from './linked-routers.ts';
import type { Router } from './router.ts';
import { testTopology } from './testing.ts';

const vrfs = 'interface add vrf red\ninterface add vrf blue';

/**
 * Two customers with the same addresses behind two routers, between which are two links. B has a subnet more, whose
 * address of B is where A's tunnels end.
 *
 *   red1  10.1.0.2 ─┐   ┌─ core (network 9) ──┐   ┌─ red2  10.2.0.2
 *   blue1 10.1.0.2 ─┴ A ┴─ spare (network 10) ┴ B ┼─ blue2 10.2.0.2
 *                                                 └─ stub  10.50.0.2
 */
export async function twoCustomers() {
  const near = await testTopology(
    { before: vrfs, hosts: { red1: { vrf: 'red', network: 1 }, blue1: { vrf: 'blue', network: 1 } } },
    { name: 'a' },
  );
  const far = await testTopology(
    {
      before: vrfs,
      hosts: {
        red2: { vrf: 'red', network: 2 },
        blue2: { vrf: 'blue', network: 2 },
        stub: { network: 50 },
      },
    },
    { name: 'b' },
  );
  const [a, b] = [near.router, far.router];
  await linkRouters(a, b, { name: 'core', network: 9 });
  await linkRouters(a, b, { name: 'spare', network: 10 });
  await a.ctl('route add 10.50.0.0/24 via 10.9.0.2\nroute add fd00:50::/64 via fd00:9::2');
  await leadToB(a);
  await leadToA(b);
  return { a, b, ...near.hosts, ...far.hosts };
}

/** What the documentation shows, and the same for IPv6. */
async function leadToB(a: Router): Promise<void> {
  const [example = ''] = await examplesOf('docs/features/mpls-tunnels.md');
  await a.ctl(example);
  await a.ctl('route add fd00:2::/64 via id 1100 vrf red\nroute add fd00:2::/64 via id 1200 vrf blue');
}

/** Leads both VRFs of B to A through a tunnel, and takes labels. */
export async function leadToA(b: Router): Promise<void> {
  await b.ctl(`
    nexthop add mplsoudp remote 10.9.0.1 id 1000
    nexthop add mpls label 101 via 1000 id 1100
    nexthop add mpls label 201 via 1000 id 1200
    label add 100 vrf red
    label add 200 vrf blue
    route add 10.1.0.0/24 via id 1100 vrf red
    route add fd00:1::/64 via id 1100 vrf red
    route add 10.1.0.0/24 via id 1200 vrf blue
    route add fd00:1::/64 via id 1200 vrf blue
  `);
}

export type Kind = 'mplsoudp' | 'mplsogre';
export type Underlay = 'IPv4' | 'IPv6';

const ends = {
  IPv4: { toB: '10.50.0.1', toA: '10.9.0.1' },
  IPv6: { toB: 'fd00:50::1', toA: 'fd00:9::1' },
} as const;

/** Puts other tunnels in the place of those between the two: the labels above them stay. */
export async function connect(
  { a, b }: { readonly a: Router; readonly b: Router },
  kind: Kind,
  underlay: Underlay,
): Promise<void> {
  await a.ctl(`nexthop add ${kind} remote ${ends[underlay].toB} id 1000`);
  await b.ctl(`nexthop add ${kind} remote ${ends[underlay].toA} id 1000`);
}

/** The tunnel between the two, as a router shows it. */
export async function tunnelOf(router: Router) {
  const found = (await router.list('mpls-tunnel')).find(({ id }) => id === 1000);
  return { local: found?.['local'], mtu: found?.['mtu'], state: found?.['state'] };
}

/** Lets a host ask anew how large packets may be. */
export async function forgetSizes(host: Host): Promise<void> {
  await host.run('ip -4 route flush cache; ip -6 route flush cache');
}
