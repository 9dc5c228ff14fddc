import { optional, repeated, type Values } from '../../command/argument.ts';
import { integer, ip, oneOf, text } from '../../command/argument-types.ts';
import { details } from '../../command/output.ts';
import type { RouterClient } from '../../engine/client/router-client.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { type RequestOf, serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import { interfaceName, vrfName } from '../interface/cli-arguments.ts';
import { newNexthopId, showChosen } from '../neighbor/cli-arguments.ts';
import type { Srv6Service } from './srv6_pb.js';

const srv6 = serviceRef<typeof Srv6Service>('millrace.srv6.v1.Srv6Service');

const commonArguments = {
  VRF: optional(vrfName('The VRF of the underlay; main otherwise.')),
  'id N': newNexthopId,
};
const flavorSyntax = '(flavor LIST+),(block-bits N),(csid-bits N),(id N),(vrf VRF)';
const flavorArguments = {
  ...commonArguments,
  LIST: repeated(
    text('Flavors: psp, usd, next-csid.', {
      expects: 'psp, usd, next-csid, or several of them',
      pattern: /^(psp|usd|next-csid)(,(psp|usd|next-csid))*$/,
    }),
  ),
  'block-bits N': optional(
    integer({ min: 1, max: 126, help: 'Bits that compressed SIDs have in common; 32 otherwise.' }),
  ),
  'csid-bits N': optional(integer({ min: 1, max: 126, help: 'Bits of a compressed SID; 16 otherwise.' })),
};

/** The commands of segment routing over IPv6. */
export const srv6Commands = [
  routerCommand({
    syntax: 'nexthop add srv6 seglist SID+ [(encap h.encaps|h.encaps.red),(src IP),(vrf VRF),(id N)]',
    help: 'Makes a next hop that sends packets along a list of segments.',
    args: {
      SID: repeated(ip('A segment, in the order that packets pass them.')),
      'h.encaps|h.encaps.red': optional(
        oneOf({
          'h.encaps': 'With all segments in a routing header.',
          'h.encaps.red': 'Without the first one, and without a header for one alone.',
        }),
      ),
      IP: optional(ip('The address to speak from; tunsrc, or that of the way, otherwise.')),
      ...commonArguments,
    },
    run: async (args, router) => {
      const { id } = await router.call(srv6, 'addSrv6Nexthop', {
        id: args['id N'],
        seglist: args.SID.map(formatAddress),
        encap: args['h.encaps|h.encaps.red'],
        src: args.IP && formatAddress(args.IP),
        vrf: args.VRF,
      });
      return showChosen(args['id N'], { id });
    },
  }),
  routerCommand({
    syntax: `nexthop add srv6-local behavior end [${flavorSyntax}]`,
    help: 'Makes a SID that lets packets go on to their next segment.',
    args: flavorArguments,
    run: (args, router) => addLocal(router, { ...commonOf(args), behavior: 'end' }),
  }),
  routerCommand({
    syntax: `nexthop add srv6-local behavior end.x nexthop IP iface IFACE [${flavorSyntax}]`,
    help: 'Makes a SID that sends packets with their next segment to a neighbour.',
    args: {
      IP: ip('The address of the neighbour.'),
      IFACE: interfaceName('The interface that leads there.'),
      ...flavorArguments,
    },
    run: ({ IP, IFACE, ...args }, router) =>
      addLocal(router, {
        ...commonOf(args),
        behavior: 'end.x',
        nexthop: formatAddress(IP),
        iface: IFACE,
      }),
  }),
  routerCommand({
    syntax: `nexthop add srv6-local behavior end.t [(table TABLE),${flavorSyntax}]`,
    help: 'Makes a SID that looks packets with their next segment up in another VRF.',
    args: {
      TABLE: optional(vrfName('The VRF to look in; that of the underlay otherwise.')),
      ...flavorArguments,
    },
    run: ({ TABLE, ...args }, router) =>
      addLocal(router, { ...commonOf(args), behavior: 'end.t', table: TABLE }),
  }),
  routerCommand({
    syntax: 'nexthop add srv6-local behavior end.dt4|end.dt6|end.dt46 [(table TABLE),(id N),(vrf VRF)]',
    help: 'Makes a SID that takes packets out, and looks them up in a VRF.',
    args: {
      'end.dt4|end.dt6|end.dt46': oneOf({
        'end.dt4': 'Takes IPv4 packets.',
        'end.dt6': 'Takes IPv6 packets.',
        'end.dt46': 'Takes both.',
      }),
      TABLE: optional(vrfName('The VRF to look in; that of the underlay otherwise.')),
      ...commonArguments,
    },
    run: (args, router) =>
      addLocal(router, {
        id: args['id N'],
        vrf: args.VRF,
        behavior: args['end.dt4|end.dt6|end.dt46'],
        table: args.TABLE,
        flavor: [],
      }),
  }),
  routerCommand({
    syntax: 'tunsrc set IP',
    help: 'Sets the address that lists of segments speak from who have none of their own.',
    args: { IP: ip('An IPv6 address.') },
    run: async ({ IP }, router) => {
      await router.call(srv6, 'setTunsrc', { address: formatAddress(IP) });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'tunsrc clear',
    help: 'Lets lists of segments speak from the address of their way.',
    run: async (_, router) => {
      await router.call(srv6, 'setTunsrc', {});
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'tunsrc [show]',
    help: 'Shows the address that lists of segments speak from.',
    run: async (_, router) => {
      const { address } = await router.call(srv6, 'getTunsrc', {});
      return details({ tunsrc: address ?? '::' });
    },
  }),
];

/** Adds a SID, and tells its id when the router chose it. */
async function addLocal(router: RouterClient, request: RequestOf<typeof Srv6Service, 'addSrv6Local'>) {
  const { id } = await router.call(srv6, 'addSrv6Local', request);
  return showChosen(request.id, { id });
}

function commonOf(args: Values<typeof flavorArguments>) {
  return {
    id: args['id N'],
    vrf: args.VRF,
    flavor: args.LIST.flatMap((flavors) => flavors.split(',')),
    block_bits: args['block-bits N'],
    csid_bits: args['csid-bits N'],
  };
}
