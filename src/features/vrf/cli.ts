import { optional, type Values } from '../../command/argument.ts';
import { integer, mac, text } from '../../command/argument-types.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatMac } from '../../net/mac.ts';
import { newInterfaceName, vrfName } from '../interface/cli-arguments.ts';
import type { VrfService } from './vrf_pb.js';

const vrfs = serviceRef<typeof VrfService>('millrace.vrf.v1.VrfService');

const attributeSyntax =
  '(rib4-routes N),(fib4-tbl8 N),(rib6-routes N),(fib6-tbl8 N),(mac MAC),(description TXT)';

const attributeArguments = {
  'rib4-routes N': optional(integer({ min: 1, help: 'The largest number of IPv4 routes.' })),
  'fib4-tbl8 N': optional(integer({ min: 1, help: 'Groups of 256 IPv4 routes longer than /24.' })),
  'rib6-routes N': optional(integer({ min: 1, help: 'The largest number of IPv6 routes.' })),
  'fib6-tbl8 N': optional(integer({ min: 1, help: 'Groups of 256 entries of the IPv6 table.' })),
  MAC: optional(mac('The Ethernet address of the VRF itself.')),
  TXT: optional(text('What the VRF is for.')),
};

/** The commands of VRFs. */
export const vrfCommands = [
  routerCommand({
    syntax: 'interface add vrf NAME [ATTRIBUTES]',
    help: 'Makes a VRF.',
    fragments: { ATTRIBUTES: attributeSyntax },
    args: { NAME: newInterfaceName('The name of the new VRF.'), ...attributeArguments },
    run: async ({ NAME, ...args }, router) => {
      await router.call(vrfs, 'addVrf', { name: NAME, attributes: attributesOf(args) });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'interface set vrf NAME (name NEW),ATTRIBUTES',
    help: 'Changes attributes of a VRF; all or none.',
    fragments: { ATTRIBUTES: attributeSyntax },
    args: {
      NAME: vrfName('The VRF to change.'),
      NEW: optional(newInterfaceName('The new name of the VRF.')),
      ...attributeArguments,
    },
    run: async ({ NAME, NEW, ...args }, router) => {
      await router.call(vrfs, 'setVrf', { name: NAME, new_name: NEW, attributes: attributesOf(args) });
      return undefined;
    },
  }),
];

function attributesOf(args: Values<typeof attributeArguments>) {
  return {
    rib4_routes: args['rib4-routes N'],
    fib4_tbl8: args['fib4-tbl8 N'],
    rib6_routes: args['rib6-routes N'],
    fib6_tbl8: args['fib6-tbl8 N'],
    mac: args.MAC && formatMac(args.MAC),
    description: args.TXT,
  };
}
