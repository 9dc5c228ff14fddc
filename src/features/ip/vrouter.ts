import type { Router } from '../../engine/host/router.ts';
import type { Family } from '../../net/address.ts';
import { contains, networkOf } from '../../net/prefix.ts';
import type { EtherFeature } from '../ether/index.ts';
import type { Interfaces } from '../interface/index.ts';
import type { NeighborFeature, NextHopStages } from '../neighbor/index.ts';
import type { Vrfs } from '../vrf/index.ts';
import { addressService } from './address-service.ts';
import { Addresses } from './addresses.ts';
import { followAddresses } from './connected.ts';
import { IcmpExchange } from './icmp-exchange.ts';
import { IcmpLimits } from './icmp-limits.ts';
import { icmpService } from './icmp-service.ts';
import { inputStages } from './input-stages.ts';
import { LinkNextHops } from './link-next-hops.ts';
import { routeService } from './route-service.ts';
import { Routes } from './routes.ts';

export { showRoutes } from './telemetry.ts';

/** Which stages take what next hops are for. */
export const nextHopStages: NextHopStages = {
  forward: { ipv4: 'ip4-forward', ipv6: 'ip6-forward' },
  encapsulation: { ipv4: 'ip4-encapsulate', ipv6: 'ip6-forward' },
  local: { ipv4: 'ip4-local', ipv6: 'ip6-local' },
  blackhole: { ipv4: 'ip-blackhole', ipv6: 'ip-blackhole' },
  reject: { ipv4: 'ip4-reject', ipv6: 'ip6-reject' },
  unreachable: { ipv4: 'ip4-reject', ipv6: 'ip6-reject' },
  vrf: { ipv4: 'ip4-vrf', ipv6: 'ip6-vrf' },
  group: { ipv4: 'ip4-group', ipv6: 'ip6-group' },
  output: { ipv4: 'ip4-output', ipv6: 'ip6-output' },
};

/** Where the IPv6 half of the table of protocols begins (datapath/protocols.ts). */
const IP6_PROTOCOLS = 512;

/** What IP needs of the features below it. */
export interface IpNeeds {
  readonly interfaces: Interfaces;
  readonly ether: EtherFeature;
  readonly vrfs: Vrfs;
  readonly neighbors: NeighborFeature;
}

/** What higher features take from IP. */
export interface IpFeature {
  readonly addresses: Addresses;
  readonly routes: Routes;
  readonly exchange: IcmpExchange;
  /** Gives packets for us of an IP protocol to a stage, with their IP header; undefined gives them to the host again. */
  takeProtocol(family: Family, protocol: number, stage: string | undefined): void;
  /** Gives ICMPv6 messages of a type to a stage, checked and with their IP header. */
  takeMessage(type: number, stage: string): void;
}

/** Starts IPv4 and IPv6: addresses, routes, ICMP, and their services. */
export function startIp(router: Router, needs: IpNeeds): IpFeature {
  const { interfaces, ether, vrfs } = needs;
  const { nextHops, answers } = needs.neighbors;
  const routes = new Routes(router, interfaces, nextHops);
  vrfs.keep(routes);
  const addresses = new Addresses(interfaces);
  const exchange = new IcmpExchange(router);
  const limits = new IcmpLimits(router);
  for (const [etherType, stage] of inputStages) ether.takeType(etherType, stage);
  nextHops.attach({
    sourceFor: (iface, target) => addresses.sourceFor(iface, target),
    isOnLink: (iface, address) => addresses.of(iface).some((prefix) => contains(networkOf(prefix), address)),
    usersOf: (nextHop) => routes.usersOf(nextHop),
  });
  nextHops.onNeighbor((change, { vrf, address, index }) => {
    if (change === 'created') routes.putNeighbor(vrf, address, index);
    else routes.takeNeighbor(vrf, address);
  });
  router.rewrites.add(new LinkNextHops(router, interfaces, nextHops).rewrite);
  followAddresses({ interfaces, addresses, routes, nextHops, answers });
  interfaces.listen({
    changed(before, after) {
      if (before.vrf !== after.vrf) routes.takeThrough(after.id, before.vrf);
      if (before.domain !== 0 || after.domain === 0) return;
      routes.takeThrough(after.id);
      nextHops.removeAll(after.id);
    },
    removing: (iface) => routes.takeThrough(iface.id),
  });
  router.services.push(
    addressService(interfaces, addresses),
    routeService({ interfaces, vrfs, routes, nextHops }),
    icmpService({ interfaces, addresses, routes, nextHops, exchange, limits }),
  );
  return {
    addresses,
    routes,
    exchange,
    takeProtocol(family, protocol, stage) {
      const place = router.region('IP_PROTOCOLS') + (family === 'ipv6' ? IP6_PROTOCOLS : 0) + protocol * 2;
      const entry = { table: 'ip-protocols', key: `${family} ${protocol}` };
      if (stage === undefined) router.dispatch.clear(entry, place);
      else router.dispatch.set({ ...entry, stage }, place);
    },
    takeMessage(type, stage) {
      const place = router.region('ICMP6_TYPES') + type * 2;
      router.dispatch.set({ table: 'icmp6-types', key: String(type), stage }, place);
    },
  };
}
