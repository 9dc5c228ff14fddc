import type { RouterClient } from '../../engine/client/router-client.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import type { InterfaceJson, InterfaceService } from '../interface/interface_pb.js';
import type { AddressService, RouteService } from '../ip/ip_pb.js';
import type { MplsService } from '../mpls/mpls_pb.js';
import type { NexthopService } from '../neighbor/neighbor_pb.js';
import type { VxlanService } from '../vxlan/vxlan_pb.js';
import { FIRST_ID, LAST_ID } from './numbered.ts';

const interfaces = serviceRef<typeof InterfaceService>('millrace.interface.v1.InterfaceService');
const addresses = serviceRef<typeof AddressService>('millrace.ip.v1.AddressService');
const routes = serviceRef<typeof RouteService>('millrace.ip.v1.RouteService');
const nextHops = serviceRef<typeof NexthopService>('millrace.neighbor.v1.NexthopService');
const mpls = serviceRef<typeof MplsService>('millrace.mpls.v1.MplsService');
const vxlans = serviceRef<typeof VxlanService>('millrace.vxlan.v1.VxlanService');

/** Names what a router has of that which a plan may make, as the keys of pieces. */
export async function presentIn(router: RouterClient): Promise<ReadonlySet<string>> {
  const present = new Set<string>();
  const { interfaces: all = [] } = await router.call(interfaces, 'listInterfaces', {});
  for (const iface of all) for (const key of interfaceKeys(iface)) present.add(key);
  const { addresses: own = [] } = await router.call(addresses, 'listAddresses', {});
  for (const { iface, address } of own) present.add(`address ${iface} ${address}`);
  for await (const { nexthops = [] } of router.stream(nextHops, 'listNexthops', {}))
    for (const { id } of nexthops) if (isOurs(id)) present.add(`nexthop ${id}`);
  for await (const { labels = [] } of router.stream(mpls, 'listLabels', {}))
    for (const { label, vrf } of labels) if (vrf) present.add(`label ${label} ${vrf.vrf}`);
  for await (const { vteps = [] } of router.stream(vxlans, 'listFloodVteps', { vrf: 'main' }))
    for (const { vni, vtep } of vteps) present.add(`flood ${vni} ${vtep}`);
  for await (const { routes: some = [] } of router.stream(routes, 'listRoutes', {}))
    for (const { vrf, destination, origin, next_hop: hop } of some)
      if (isOurs(hop?.id) && origin === 'static') present.add(`route ${vrf} ${destination} ${hop?.id}`);
  return present;
}

function interfaceKeys({
  type,
  name,
  mac,
  mtu,
  vrf,
  domain,
  details = {},
}: InterfaceJson): readonly string[] {
  switch (type) {
    case 'vrf':
      return [`vrf ${name}`];
    case 'port':
      return [`port ${name} ${mtu} ${vrf ?? domain} ${details['devargs']}`];
    case 'bridge':
      return [`bridge ${name} ${vrf} ${mac} ${mtu}`];
    case 'vxlan': {
      const place = `vxlan ${name} ${details['local']}`;
      return [domain === undefined ? `${place} ${mac} ${vrf} ${mtu}` : `${place} - ${domain} ${mtu}`];
    }
    default:
      return [];
  }
}

function isOurs(id = 0): boolean {
  return id >= FIRST_ID && id <= LAST_ID;
}
