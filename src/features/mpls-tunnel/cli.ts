import { optional, type Values } from '../../command/argument.ts';
import { integer, ip, text } from '../../command/argument-types.ts';
import { details, table } from '../../command/output.ts';
import type { RouterClient } from '../../engine/client/router-client.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { type RequestOf, serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import { vrfName } from '../interface/cli-arguments.ts';
import { newNexthopId, showChosen } from '../neighbor/cli-arguments.ts';
import type { MplsTunnelJson, MplsTunnelService } from './mpls_tunnel_pb.js';

const mplsTunnels = serviceRef<typeof MplsTunnelService>('millrace.mpls_tunnel.v1.MplsTunnelService');

const endArguments = {
  'remote IP': ip('The address of the router at the other end.'),
  'local IP': optional(ip('The address to speak from; that of the way there otherwise.')),
  VRF: optional(vrfName('The VRF of the underlay; main otherwise.')),
  'id N': newNexthopId,
};
const portArgument = {
  P: optional(integer({ min: 1, max: 65535, help: 'The UDP port of the other end; 6635 otherwise.' })),
};

/** The commands of tunnels that carry labels. */
export const mplsTunnelCommands = [
  routerCommand({
    syntax: 'nexthop add mplsoudp remote IP [(local IP),(vrf VRF),(id N),(dst_port P)]',
    help: 'Makes a next hop that puts labelled packets into UDP, for label next hops to lead through.',
    args: { ...endArguments, ...portArgument },
    run: (args, router) =>
      addTunnel(router, { ...endsOf(args), dst_port: args.P, encap: ['mplsoudp'], offers: [] }),
  }),
  routerCommand({
    syntax: 'nexthop add mplsogre remote IP [(local IP),(vrf VRF),(id N)]',
    help: 'Makes a next hop that puts labelled packets into GRE, for label next hops to lead through.',
    args: endArguments,
    run: (args, router) => addTunnel(router, { ...endsOf(args), encap: ['mplsogre'], offers: [] }),
  }),
  routerCommand({
    syntax:
      'nexthop add mpls-tunnel remote IP [(encap LIST),(offers LIST),(local IP),(vrf VRF),(id N),(dst_port P)]',
    help: 'Makes a next hop of the first encapsulation that the other end offers too.',
    args: {
      ...endArguments,
      ...portArgument,
      'encap LIST': optional(encapsulationList('In the order of our choice')),
      'offers LIST': optional(encapsulationList('What the other end advertises')),
    },
    run: async (args, router) => {
      const lists = { encap: wordsOf(args['encap LIST']), offers: wordsOf(args['offers LIST']) };
      return addTunnel(router, { ...endsOf(args), dst_port: args.P, ...lists });
    },
  }),
  routerCommand({
    syntax: 'mpls-tunnel [show] [vrf VRF]',
    help: 'Lists the tunnels that carry labels.',
    args: { VRF: optional(vrfName('Only those whose underlay is this VRF.')) },
    run: async ({ VRF }, router, { signal }) => {
      const batches = router.stream(mplsTunnels, 'listMplsTunnels', { vrf: VRF }, { signal });
      return table({ items: itemsOf(batches), columns });
    },
  }),
  routerCommand({
    syntax: 'mpls-tunnel choose encap LIST offers LIST',
    help: 'Says which encapsulation would be used, and makes nothing.',
    args: {
      'encap LIST': encapsulationList('In the order of our choice'),
      'offers LIST': encapsulationList('What the other end advertises'),
    },
    run: async (args, router) => {
      const lists = { encap: wordsOf(args['encap LIST']), offers: wordsOf(args['offers LIST']) };
      const { encap } = await router.call(mplsTunnels, 'chooseEncapsulation', lists);
      return details({ encap });
    },
  }),
];

type AddRequest = RequestOf<typeof MplsTunnelService, 'addMplsTunnel'>;

/** Adds a tunnel, and tells its id when the router chose it. */
async function addTunnel(router: RouterClient, request: AddRequest) {
  const { tunnel } = await router.call(mplsTunnels, 'addMplsTunnel', request);
  return showChosen(request.id, { id: tunnel?.id, encap: tunnel?.encap });
}

function endsOf(args: Values<typeof endArguments>) {
  return {
    id: args['id N'],
    remote: formatAddress(args['remote IP']),
    local: args['local IP'] === undefined ? undefined : formatAddress(args['local IP']),
    vrf: args.VRF,
  };
}

function encapsulationList(help: string) {
  return text(`${help}; mplsoudp,mplsogre,vxlan otherwise.`, {
    expects: 'a list of mplsoudp, mplsogre and vxlan with commas',
    pattern: /^[a-z]+(,[a-z]+)*$/i,
  });
}

function wordsOf(list: string | undefined): string[] {
  return list === undefined ? [] : list.split(',');
}

async function* itemsOf(batches: AsyncIterable<{ readonly tunnels?: readonly MplsTunnelJson[] }>) {
  for await (const { tunnels = [] } of batches) yield* tunnels;
}

const columns = {
  VRF: (item: MplsTunnelJson) => item.vrf,
  ID: (item: MplsTunnelJson) => item.id,
  ENCAP: (item: MplsTunnelJson) => item.encap,
  LOCAL: (item: MplsTunnelJson) => item.local,
  REMOTE: (item: MplsTunnelJson) => item.remote,
  DST_PORT: (item: MplsTunnelJson) => (item.dst_port === 0 ? undefined : item.dst_port),
  MTU: (item: MplsTunnelJson) => item.mtu,
  STATE: (item: MplsTunnelJson) => item.state,
  TX_PACKETS: (item: MplsTunnelJson) => item.tx_packets,
  TX_BYTES: (item: MplsTunnelJson) => item.tx_bytes,
};
