import { optional } from '../../command/argument.ts';
import { integer, ip, oneOf, prefix } from '../../command/argument-types.ts';
import { details, table } from '../../command/output.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { interfaceName, vrfName } from '../interface/cli-arguments.ts';
import { pingCommands } from './cli-icmp.ts';
import type { AddressJson, AddressService, RouteJson, RouteService } from './ip_pb.js';

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
      await router.call(addresses, 'addAddress', request);
      return undefined;
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
      await router.call(addresses, 'deleteAddress', request);
      return undefined;
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
        destination: formatPrefix(args['IP/LEN']),
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
      const request = { destination: formatPrefix(args['IP/LEN']), vrf: args.VRF };
      await router.call(routes, 'deleteRoute', request);
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'route get IP [vrf VRF]',
    help: 'Shows the route that a packet to an address takes.',
    args: { IP: ip('The destination.'), VRF: optional(vrfName('The VRF to look in; main otherwise.')) },
    run: async (args, router) => {
      const request = { destination: formatAddress(args.IP), vrf: args.VRF };
      const { route } = await router.call(routes, 'getRoute', request);
      return details({ ...route });
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
    run: async (_, router) => details({ ...(await router.call(routes, 'getRouteConfig', {})) }),
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

function nextHopText({ next_hop: nextHop = {} }: RouteJson): string {
  const { id = 0, type = '', iface = '', address = '' } = nextHop;
  const words = [type, id > 0 ? `id=${id}` : '', iface === '' ? '' : `iface=${iface}`, address];
  return words.filter((word) => word !== '').join(' ');
}
