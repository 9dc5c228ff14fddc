import { optional } from '../../command/argument.ts';
import { integer } from '../../command/argument-types.ts';
import { table } from '../../command/output.ts';
import { counter } from '../../engine/client/counter.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { interfaceName } from '../interface/cli-arguments.ts';
import type { RouterAdvertJson, RouterAdvertService } from './router-advert_pb.js';

const adverts = serviceRef<typeof RouterAdvertService>('millrace.router_advert.v1.RouterAdvertService');

/** The commands of router advertisements. */
export const routerAdvertCommands = [
  routerCommand({
    syntax: 'router-advert set IFACE [interval I] [lifetime L]',
    help: 'Announces the router to the IPv6 hosts of a link, with the networks of the interface.',
    args: {
      IFACE: interfaceName('The interface to announce it on.'),
      I: optional(integer({ min: 4, max: 1800, help: 'Seconds between two advertisements at most; 600.' })),
      L: optional(
        integer({ min: 0, max: 9000, help: 'Seconds that hosts use it after one; 3 times the interval.' }),
      ),
    },
    run: async ({ IFACE, I, L }, router) => {
      await router.call(adverts, 'setRouterAdvert', { iface: IFACE, interval: I, lifetime: L });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'router-advert clear IFACE',
    help: 'Takes the router back from the hosts of a link.',
    args: { IFACE: interfaceName('The interface that announces it.') },
    run: async ({ IFACE }, router) => {
      await router.call(adverts, 'clearRouterAdvert', { iface: IFACE });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'router-advert [show] [interface IFACE]',
    help: 'Lists the interfaces that announce the router, and what they announce.',
    args: { IFACE: optional(interfaceName('Only this interface.')) },
    run: async ({ IFACE }, router) => {
      const { router_adverts: items = [] } = await router.call(adverts, 'listRouterAdverts', {
        iface: IFACE,
      });
      return table({ items, columns });
    },
  }),
];

const columns = {
  IFACE: (item: RouterAdvertJson) => item.iface,
  RA: () => true,
  INTERVAL: (item: RouterAdvertJson) => item.interval,
  LIFETIME: (item: RouterAdvertJson) => item.lifetime ?? 0,
  MTU: (item: RouterAdvertJson) => item.mtu,
  ACTIVE: (item: RouterAdvertJson) => item.active ?? false,
  SENT: (item: RouterAdvertJson) => counter(item.sent),
  SOLICITED: (item: RouterAdvertJson) => counter(item.solicited),
  PREFIXES: (item: RouterAdvertJson) => item.prefixes ?? [],
};
