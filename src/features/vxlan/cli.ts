import { optional } from '../../command/argument.ts';
import { integer, ip, mac } from '../../command/argument-types.ts';
import { table } from '../../command/output.ts';
import { gone } from '../../engine/client/again.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import { formatMac, type Mac } from '../../net/mac.ts';
import {
  attributeArguments,
  attributeSyntax,
  attributesOf,
  interfaceName,
  newInterfaceName,
  vrfName,
} from '../interface/cli-arguments.ts';
import type { FloodVtepJson, ListFloodVtepsResponseJson, VxlanService } from './vxlan_pb.js';

const vxlans = serviceRef<typeof VxlanService>('millrace.vxlan.v1.VxlanService');

const vni = integer({ min: 1, max: 16777215, help: 'The number that tells networks apart, of 24 bits.' });
const local = ip("The address of this end: one of an interface's.");

const tunnelArguments = {
  ...attributeArguments,
  'encap_vrf VRF': optional(vrfName('The VRF that the datagrams are routed in; main otherwise.')),
  MAC: optional(mac('The Ethernet address of the interface.')),
  'dst_port P': optional(integer({ min: 1, max: 65535, help: 'The UDP port of both ends; 4789 otherwise.' })),
};

const tunnelCommands = [
  routerCommand({
    syntax: 'interface add vxlan NAME vni VNI local IP [(encap_vrf VRF),(mac MAC),(dst_port P),IFATTR]',
    help: 'Makes a VXLAN tunnel.',
    fragments: { IFATTR: attributeSyntax },
    args: { NAME: newInterfaceName(), VNI: vni, IP: local, ...tunnelArguments },
    run: async ({ NAME, VNI, IP, ...args }, router) => {
      const vxlan = { vni: VNI, local: formatAddress(IP), ...tunnelOf(args) };
      await router.call(vxlans, 'addVxlan', { name: NAME, vxlan, attributes: attributesOf(args) });
      return undefined;
    },
  }),
  routerCommand({
    syntax:
      'interface set vxlan NAME (name NEW),(vni VNI),(local IP),(encap_vrf VRF),(mac MAC),(dst_port P),IFATTR',
    help: 'Changes attributes of a VXLAN tunnel; all or none.',
    fragments: { IFATTR: attributeSyntax },
    args: {
      NAME: interfaceName('The tunnel to change.', 'vxlan'),
      NEW: optional(newInterfaceName('The new name of the tunnel.')),
      VNI: optional(vni),
      IP: optional(local),
      ...tunnelArguments,
    },
    run: async ({ NAME, NEW, VNI, IP, ...args }, router) => {
      await router.call(vxlans, 'setVxlan', {
        name: NAME,
        new_name: NEW,
        vxlan: { vni: VNI, local: IP && formatAddress(IP), ...tunnelOf(args) },
        attributes: attributesOf(args),
      });
      return undefined;
    },
  }),
];

const floodArguments = {
  IP: ip('The address of the far end.'),
  VNI: vni,
  VRF: optional(vrfName('The VRF that the datagrams are routed in; main otherwise.')),
};

const floodCommands = [
  routerCommand({
    syntax: 'flood vtep add IP vni VNI [vrf VRF]',
    help: 'Sends what is for all stations of a VNI to one more far end.',
    args: floodArguments,
    run: async ({ IP, VNI, VRF }, router) => {
      await router.call(vxlans, 'addFloodVtep', { vtep: formatAddress(IP), vni: VNI, vrf: VRF });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'flood vtep del IP vni VNI [vrf VRF]',
    help: 'Sends what is for all stations of a VNI to a far end no more.',
    args: floodArguments,
    run: async ({ IP, VNI, VRF }, router) => {
      const request = { vtep: formatAddress(IP), vni: VNI, vrf: VRF };
      return gone(router.call(vxlans, 'deleteFloodVtep', request));
    },
  }),
  routerCommand({
    syntax: 'flood vtep [show] [vrf VRF]',
    help: 'Lists the far ends that get what is for all stations of a VNI.',
    args: { VRF: optional(vrfName('Only those of this VRF.')) },
    run: async ({ VRF }, router, { signal }) => {
      const batches = router.stream(vxlans, 'listFloodVteps', { vrf: VRF }, { signal });
      return table({ items: vtepsOf(batches), columns: floodColumns });
    },
  }),
];

/** The commands of VXLAN tunnels. */
export const vxlanCommands = [...tunnelCommands, ...floodCommands];

function tunnelOf(args: {
  readonly 'encap_vrf VRF': string | undefined;
  readonly MAC: Mac | undefined;
  readonly 'dst_port P': number | undefined;
}) {
  return {
    encap_vrf: args['encap_vrf VRF'],
    mac: args.MAC && formatMac(args.MAC),
    dst_port: args['dst_port P'],
  };
}

async function* vtepsOf(batches: AsyncIterable<ListFloodVtepsResponseJson>) {
  for await (const { vteps = [] } of batches) yield* vteps;
}

const floodColumns = {
  VRF: (vtep: FloodVtepJson) => vtep.vrf,
  VNI: (vtep: FloodVtepJson) => vtep.vni,
  ADDR: (vtep: FloodVtepJson) => vtep.vtep,
};
