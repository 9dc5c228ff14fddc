import { optional } from '../../command/argument.ts';
import { ip } from '../../command/argument-types.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import {
  attributeArguments,
  attributeSyntax,
  attributesOf,
  interfaceName,
  newInterfaceName,
  vrfName,
} from '../interface/cli-arguments.ts';
import type { IpipService } from './ipip_pb.js';

const ipips = serviceRef<typeof IpipService>('millrace.ipip.v1.IpipService');

const local = ip("The address of this end: one of another interface's.");
const remote = ip('The address of the router at the other end.');

const tunnelArguments = {
  ...attributeArguments,
  'encap_vrf VRF': optional(vrfName("The VRF that the outer packets are routed in; the tunnel's otherwise.")),
};

/** The commands of tunnels that put IP into IP. */
export const ipipCommands = [
  routerCommand({
    syntax: 'interface add ipip NAME local IP remote REMOTE [(encap_vrf VRF),IFATTR]',
    help: 'Makes a tunnel that puts IP into IP.',
    fragments: { IFATTR: attributeSyntax },
    args: { NAME: newInterfaceName(), IP: local, REMOTE: remote, ...tunnelArguments },
    run: async ({ NAME, IP, REMOTE, ...args }, router) => {
      const ipip = {
        local: formatAddress(IP),
        remote: formatAddress(REMOTE),
        encap_vrf: args['encap_vrf VRF'],
      };
      await router.call(ipips, 'addIpip', { name: NAME, ipip, attributes: attributesOf(args) });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'interface set ipip NAME (name NEW),(local IP),(remote REMOTE),(encap_vrf VRF),IFATTR',
    help: 'Changes attributes of a tunnel that puts IP into IP; all or none.',
    fragments: { IFATTR: attributeSyntax },
    args: {
      NAME: interfaceName('The tunnel to change.', 'ipip'),
      NEW: optional(newInterfaceName('The new name of the tunnel.')),
      IP: optional(local),
      REMOTE: optional(remote),
      ...tunnelArguments,
    },
    run: async ({ NAME, NEW, IP, REMOTE, ...args }, router) => {
      await router.call(ipips, 'setIpip', {
        name: NAME,
        new_name: NEW,
        ipip: {
          local: IP && formatAddress(IP),
          remote: REMOTE && formatAddress(REMOTE),
          encap_vrf: args['encap_vrf VRF'],
        },
        attributes: attributesOf(args),
      });
      return undefined;
    },
  }),
];
