import { optional } from '../../command/argument.ts';
import { mac } from '../../command/argument-types.ts';
import { table } from '../../command/output.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatMac } from '../../net/mac.ts';
import { interfaceName } from '../interface/cli-arguments.ts';
import type { MacJson, MacService } from './mac_pb.js';

const macs = serviceRef<typeof MacService>('millrace.mac.v1.MacService');

const args = { MAC: mac('The Ethernet address.'), IFACE: interfaceName('The interface.') };

/** The commands of addresses that interfaces receive for. */
export const macCommands = [
  routerCommand({
    syntax: 'mac add MAC iface IFACE',
    help: 'Lets an interface receive for a further address, of one station or of a group; each add counts.',
    args,
    run: async ({ MAC, IFACE }, router) => {
      await router.call(macs, 'addMac', { iface: IFACE, mac: formatMac(MAC) });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'mac del MAC iface IFACE',
    help: 'Takes back one add; after the last the interface receives for the address no more.',
    args,
    run: async ({ MAC, IFACE }, router) => {
      await router.call(macs, 'deleteMac', { iface: IFACE, mac: formatMac(MAC) });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'mac set MAC iface IFACE',
    help: 'Gives an interface another address of its own.',
    args,
    run: async ({ MAC, IFACE }, router) => {
      await router.call(macs, 'setMac', { iface: IFACE, mac: formatMac(MAC) });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'mac [show] [iface IFACE]',
    help: 'Lists the further addresses of interfaces, and how many have asked for each.',
    args: { IFACE: optional(interfaceName('Only those of this interface.')) },
    run: async ({ IFACE }, router) => {
      const { macs: items = [] } = await router.call(macs, 'listMacs', { iface: IFACE });
      return table({ items, columns });
    },
  }),
];

const columns = {
  IFACE: ({ iface }: MacJson) => iface,
  MAC: (item: MacJson) => item.mac,
  REFCNT: ({ refcnt }: MacJson) => refcnt,
};
