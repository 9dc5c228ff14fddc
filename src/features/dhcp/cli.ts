import { table } from '../../command/output.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { interfaceName } from '../interface/cli-arguments.ts';
import type { DhcpClientJson, DhcpService } from './dhcp_pb.js';

const dhcp = serviceRef<typeof DhcpService>('millrace.dhcp.v1.DhcpService');

/** The commands of DHCP. */
export const dhcpCommands = [
  routerCommand({
    syntax: 'dhcp enable IFACE',
    help: 'Gets the IPv4 address of an interface, and routes, from a server on its link.',
    args: { IFACE: interfaceName('The interface that is to get an address.') },
    run: async ({ IFACE }, router) => {
      await router.call(dhcp, 'enableDhcp', { iface: IFACE });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'dhcp disable IFACE',
    help: 'Gives the address of an interface back to its server.',
    args: { IFACE: interfaceName('The interface that has got an address.') },
    run: async ({ IFACE }, router) => {
      await router.call(dhcp, 'disableDhcp', { iface: IFACE });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'dhcp [show]',
    help: 'Lists the interfaces that get their address by DHCP, with their leases.',
    run: async (_, router) => {
      const { clients = [] } = await router.call(dhcp, 'listDhcpClients', {});
      return table({ items: clients, columns });
    },
  }),
];

const columns = {
  INTERFACE: (item: DhcpClientJson) => item.iface,
  STATE: (item: DhcpClientJson) => item.state?.toUpperCase(),
  ADDRESS: (item: DhcpClientJson) => item.address ?? '',
  SERVER: (item: DhcpClientJson) => item.server ?? '',
  ROUTES: (item: DhcpClientJson) => item.routes ?? [],
  LEASE: (item: DhcpClientJson) => item.lease ?? '',
  RENEWS_IN: (item: DhcpClientJson) => item.renews_in,
  REBINDS_IN: (item: DhcpClientJson) => item.rebinds_in,
  EXPIRES_IN: (item: DhcpClientJson) => item.expires_in,
};
