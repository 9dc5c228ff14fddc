import { optional, type Values } from '../../command/argument.ts';
import { integer, mac, oneOf } from '../../command/argument-types.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatMac } from '../../net/mac.ts';
import {
  attributeArguments,
  attributeSyntax,
  attributesOf,
  interfaceName,
  newInterfaceName,
} from '../interface/cli-arguments.ts';
import type { VlanService } from './vlan_pb.js';

const vlans = serviceRef<typeof VlanService>('millrace.vlan.v1.VlanService');

const ownArguments = {
  MAC: optional(mac("An Ethernet address of its own in place of the parent's.")),
  'proto 802.1q|802.1ad': optional(
    oneOf(
      { '802.1q': "Sends a customer's tag, 0x8100.", '802.1ad': "Sends a service provider's tag, 0x88a8." },
      'The tag that it sends; it receives either.',
    ),
  ),
};
const parentName = () => interfaceName('The interface that it is a part of.');
const vlanId = () => integer({ min: 1, max: 4094, help: 'The VLAN that is received by it and sent.' });

/** The commands of sub-interfaces. */
export const vlanCommands = [
  routerCommand({
    syntax: 'interface add vlan NAME parent IF vlan_id N [IFATTR,(mac MAC),(proto 802.1q|802.1ad)]',
    help: 'Makes an interface of a VLAN on another interface.',
    fragments: { IFATTR: attributeSyntax },
    args: {
      NAME: newInterfaceName(),
      IF: parentName(),
      N: vlanId(),
      ...attributeArguments,
      ...ownArguments,
    },
    run: async ({ NAME, IF, N, ...args }, router) => {
      await router.call(vlans, 'addVlan', {
        name: NAME,
        attributes: attributesOf(args),
        vlan: { parent: IF, vlan_id: N, ...ownOf(args) },
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax:
      'interface set vlan NAME (name NEW),(parent IF),(vlan_id N),IFATTR,(mac MAC),(proto 802.1q|802.1ad)',
    help: 'Changes attributes of a VLAN; all or none.',
    fragments: { IFATTR: attributeSyntax },
    args: {
      NAME: interfaceName('The VLAN to change.', 'vlan'),
      NEW: optional(newInterfaceName('The new name of the VLAN.')),
      IF: optional(parentName()),
      N: optional(vlanId()),
      ...attributeArguments,
      ...ownArguments,
    },
    run: async ({ NAME, NEW, IF, N, ...args }, router) => {
      await router.call(vlans, 'setVlan', {
        name: NAME,
        new_name: NEW,
        attributes: attributesOf(args),
        vlan: { parent: IF, vlan_id: N, ...ownOf(args) },
      });
      return undefined;
    },
  }),
];

function ownOf(args: Values<typeof ownArguments>) {
  return {
    mac: args.MAC && formatMac(args.MAC),
    proto: args['proto 802.1q|802.1ad'],
  };
}
