import { optional } from '../../command/argument.ts';
import { integer, ip, oneOf, prefix } from '../../command/argument-types.ts';
import { details, type JsonObject, table } from '../../command/output.ts';
import { gone, there } from '../../engine/client/again.ts';
import { percent } from '../../engine/client/counter.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix, networkOf } from '../../net/prefix.ts';
import { interfaceName, vrfName } from '../interface/cli-arguments.ts';
import { pingCommands } from './cli-icmp.ts';
import type { AddressJson, AddressService, RouteJson, RouteService, RouteTableJson } from './ip_pb.js';

const addresses = serviceRef<typeof AddressService>('millrace.ip.v1.AddressService');
const routes = serviceRef<typeof RouteService>('millrace.ip.v1.RouteService');

const families = oneOf({ ipv4: 'Only IPv4.', ipv6: 'Only IPv6.' });

const addressCommands = [
  routerCommand({
    syntax: 'address add IP/LEN iface IFACE',
    help: 'Gives an interface an address, with its connected and local routes.',
    args: {
      'IP/LEN': prefix('The address and the length of its network.'),
      IFACE: interfaceName('Its owner.'),
    },
    run: async (args, router) => {
      const request = { iface: args.IFACE, address: formatPrefix(args['IP/LEN']) };
      return there(router.call(addresses, 'addAddress', request), async () => {
        const { addresses: found = [] } = await router.call(addresses, 'listAddresses', {
          iface: args.IFACE,
        });
        return found.some(({ address }) => address === request.address);
      });
    },
  }),
  routerCommand({
    syntax: 'address del IP/LEN iface IFACE',
    help: 'Takes an address from an interface.',
    args: {
      'IP/LEN': prefix('The address and the length of its network.'),
      IFACE: interfaceName('Its owner.'),
    },
    run: async (args, router) => {
      const request = { iface: args.IFACE, address: formatPrefix(args['IP/LEN']) };
      return gone(router.call(addresses, 'deleteAddress', request));
    },
  }),
  routerCommand({
    syntax: 'address flush [ipv4|ipv6] iface IFACE',
    help: 'Takes all addresses from an interface.',
    args: { 'ipv4|ipv6': optional(families), IFACE: interfaceName('Their owner.') },
    run: async (args, router) => {
      await router.call(addresses, 'flushAddresses', { iface: args.IFACE, family: args['ipv4|ipv6'] });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'address [show] [(ipv4|ipv6),(iface IFACE)]',
    help: 'Lists the addresses of interfaces.',
    args: {
      'ipv4|ipv6': optional(families),
      IFACE: optional(interfaceName('Only those of this interface.')),
    },
    run: async (args, router) => {
      const request = { family: args['ipv4|ipv6'], iface: args.IFACE };
      const found = await router.call(addresses, 'listAddresses', request);
      return table({ items: found.addresses ?? [], columns: addressColumns });
    },
  }),
];

const routeCommands = [
  routerCommand({
    syntax: 'route add IP/LEN via (NH_IP)|(id N) [vrf VRF]',
    help: 'Adds a route, or replaces the one to the same destination.',
    args: {
      'IP/LEN': prefix('The destination.'),
      NH_IP: optional(ip('The address of the next hop.')),
      N: optional(integer({ min: 1, help: 'The id of the next hop.' })),
      VRF: optional(vrfName('The VRF of the route; main otherwise.')),
    },
    run: async (args, router) => {
      await router.call(routes, 'addRoute', {
        destination: formatPrefix(networkOf(args['IP/LEN'])),
        vrf: args.VRF,
        address: args.NH_IP === undefined ? undefined : formatAddress(args.NH_IP),
        id: args.N,
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'route del IP/LEN [vrf VRF]',
    help: 'Removes a route.',
    args: {
      'IP/LEN': prefix('The destination.'),
      VRF: optional(vrfName('The VRF of the route; main otherwise.')),
    },
    run: async (args, router) => {
      const request = { destination: formatPrefix(networkOf(args['IP/LEN'])), vrf: args.VRF };
      return gone(router.call(routes, 'deleteRoute', request));
    },
  }),
  routerCommand({
    syntax: 'route get IP [vrf VRF]',
    help: 'Shows the route that a packet to an address takes.',
    args: { IP: ip('The destination.'), VRF: optional(vrfName('The VRF to look in; main otherwise.')) },
    run: async (args, router) => {
      const request = { destination: formatAddress(args.IP), vrf: args.VRF };
      const { route } = await router.call(routes, 'getRoute', request);
      const { next_hop: nextHop, ...rest } = route ?? {};
      const { address, ...hop } = nextHop ?? {};
      return details({ ...rest, nexthop: { ...hop, addr: address } });
    },
  }),
  routerCommand({
    syntax: 'route [show] [(ipv4|ipv6),(vrf VRF),(max N)]',
    help: 'Lists routes.',
    args: {
      'ipv4|ipv6': optional(families),
      VRF: optional(vrfName('Only routes of this VRF.')),
      N: optional(integer({ min: 1, help: 'At most so many.' })),
    },
    run: async (args, router, { signal }) => {
      const request = { family: args['ipv4|ipv6'], vrf: args.VRF, max: args.N };
      const batches = router.stream(routes, 'listRoutes', request, { signal });
      return table({ items: itemsOf(batches), columns: routeColumns });
    },
  }),
  routerCommand({
    syntax: 'route config set default [rib4-routes N] [rib6-routes N]',
    help: 'Sets the table sizes of VRFs made from now on.',
    args: {
      'rib4-routes N': optional(integer({ min: 1, help: 'The largest number of IPv4 routes.' })),
      'rib6-routes N': optional(integer({ min: 1, help: 'The largest number of IPv6 routes.' })),
    },
    run: async (args, router) => {
      await router.call(routes, 'setRouteConfig', {
        default_rib4_routes: args['rib4-routes N'],
        default_rib6_routes: args['rib6-routes N'],
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'route config [show]',
    help: 'Shows the table sizes of new VRFs and how full the tables are.',
    run: async (_, router) => {
      const config = await router.call(routes, 'getRouteConfig', {});
      const { default_rib4_routes: max4 = 0, default_rib6_routes: max6 = 0, tables = [] } = config;
      const defaults = [
        { vrf: 'default', family: 'ipv4', max_routes: max4 },
        { vrf: 'default', family: 'ipv6', max_routes: max6 },
      ];
      return table({ items: [...defaults, ...tables], columns: tableColumns, json: tableJson });
    },
  }),
];

/** The commands of addresses and routes, and of the router's own ping and traceroute. */
export const ipCommands = [...addressCommands, ...routeCommands, ...pingCommands];

async function* itemsOf(batches: AsyncIterable<{ readonly routes?: readonly RouteJson[] }>) {
  for await (const { routes: items = [] } of batches) yield* items;
}

const addressColumns = {
  IFACE: (item: AddressJson) => item.iface,
  FAMILY: (item: AddressJson) => item.family,
  ADDRESS: (item: AddressJson) => item.address,
};

const routeColumns = {
  VRF: (item: RouteJson) => item.vrf,
  FAMILY: (item: RouteJson) => item.family,
  DESTINATION: (item: RouteJson) => item.destination,
  ORIGIN: (item: RouteJson) => item.origin,
  NEXT_HOP: (item: RouteJson) => nextHopText(item),
};

const tableColumns = {
  VRF: (item: RouteTableJson) => item.vrf,
  FAMILY: (item: RouteTableJson) => item.family,
  ROUTES: (item: RouteTableJson) => fill(item.used_routes, item.max_routes),
  TBL8: (item: RouteTableJson) => item.num_tbl8 && fill(item.used_tbl8, item.num_tbl8),
};

function tableJson(item: RouteTableJson): JsonObject {
  return { ...item, routes: fill(item.used_routes, item.max_routes) };
}

function fill(used = 0, max = 0): string {
  return `${used}/${max} (${percent(used, max).toFixed(1)}%)`;
}

function nextHopText({ next_hop: nextHop = {} }: RouteJson): string {
  const { id = 0, type = '', iface = '', address = '' } = nextHop;
  const words = [type, id > 0 ? `id=${id}` : '', iface === '' ? '' : `iface=${iface}`, address];
  return words.filter((word) => word !== '').join(' ');
}
