import type { RouterClient } from '../../engine/client/router-client.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import type { InterfaceService } from '../interface/interface_pb.js';
import type { AddressService, RouteService } from '../ip/ip_pb.js';
import type { MplsService } from '../mpls/mpls_pb.js';
import type { NexthopService } from '../neighbor/neighbor_pb.js';
import { FIRST_ID, LAST_ID } from './numbered.ts';

const interfaces = serviceRef<typeof InterfaceService>('millrace.interface.v1.InterfaceService');
const addresses = serviceRef<typeof AddressService>('millrace.ip.v1.AddressService');
const routes = serviceRef<typeof RouteService>('millrace.ip.v1.RouteService');
const nextHops = serviceRef<typeof NexthopService>('millrace.neighbor.v1.NexthopService');
const mpls = serviceRef<typeof MplsService>('millrace.mpls.v1.MplsService');

/** Names what a router has of that which a plan may make, as the keys of pieces. */
export async function presentIn(router: RouterClient): Promise<ReadonlySet<string>> {
  const present = new Set<string>();
  const { interfaces: all = [] } = await router.call(interfaces, 'listInterfaces', {});
  for (const { type, name } of all)
    if (type === 'vrf' || type === 'port' || (type === 'vxlan' && /^vx\d+$/.test(name ?? '')))
      present.add(`${type} ${name}`);
  const { addresses: own = [] } = await router.call(addresses, 'listAddresses', {});
  for (const { iface, address } of own) present.add(`address ${iface} ${address}`);
  for await (const { nexthops = [] } of router.stream(nextHops, 'listNexthops', {}))
    for (const { id } of nexthops) if (isOurs(id)) present.add(`nexthop ${id}`);
  for await (const { labels = [] } of router.stream(mpls, 'listLabels', {}))
    for (const { label, vrf } of labels) if (vrf) present.add(`label ${label} ${vrf.vrf}`);
  for await (const { routes: some = [] } of router.stream(routes, 'listRoutes', {}))
    for (const { vrf, destination, next_hop: hop } of some) {
      if (isOurs(hop?.id)) present.add(`route ${vrf} ${destination} ${hop?.id}`);
      else if (hop?.address) present.add(`via ${vrf} ${destination} ${hop.address}`);
    }
  return present;
}

function isOurs(id = 0): boolean {
  return id >= FIRST_ID && id <= LAST_ID;
}
