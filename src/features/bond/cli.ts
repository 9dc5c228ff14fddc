import { optional, type Values } from '../../command/argument.ts';
import { mac, oneOf } from '../../command/argument-types.ts';
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
import type { BondService } from './bond_pb.js';

const bonds = serviceRef<typeof BondService>('millrace.bond.v1.BondService');

const mode = () =>
  oneOf(
    {
      'active-backup': 'One member is used at a time; another takes over when its link fails.',
      lacp: 'All members that the other end agrees to are used (IEEE 802.1AX).',
    },
    'How the members that are used are chosen.',
  );

const ownArguments = {
  ...attributeArguments,
  'balance rss|l2|l3+l4': optional(
    oneOf(
      {
        rss: 'What the port has hashed of a packet that it received; as l3+l4 where it has not.',
        l2: 'The Ethernet addresses.',
        'l3+l4': 'The IP addresses and ports; the Ethernet addresses of what is not IP.',
      },
      'What frames are spread by.',
    ),
  ),
  MAC: optional(mac('The Ethernet address of the bond, which its members take over.')),
};

/** The commands of bonds. */
export const bondCommands = [
  routerCommand({
    syntax: 'interface add bond NAME mode active-backup|lacp [IFATTR,(balance rss|l2|l3+l4),(mac MAC)]',
    help: 'Makes a bond; ports become its members by "domain NAME".',
    fragments: { IFATTR: attributeSyntax },
    args: { NAME: newInterfaceName(), 'active-backup|lacp': mode(), ...ownArguments },
    run: async ({ NAME, 'active-backup|lacp': word, ...args }, router) => {
      await router.call(bonds, 'addBond', {
        name: NAME,
        attributes: attributesOf(args),
        bond: { mode: word, ...ownOf(args) },
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax:
      'interface set bond NAME (name NEW),(mode active-backup|lacp),(primary PORT),IFATTR,(balance rss|l2|l3+l4),(mac MAC)',
    help: 'Changes attributes of a bond; all or none.',
    fragments: { IFATTR: attributeSyntax },
    args: {
      NAME: interfaceName('The bond to change.', 'bond'),
      NEW: optional(newInterfaceName('The new name of the bond.')),
      'mode active-backup|lacp': optional(mode()),
      PORT: optional(interfaceName('The member that is used whenever its link is up.', 'port')),
      ...ownArguments,
    },
    run: async ({ NAME, NEW, PORT, 'mode active-backup|lacp': word, ...args }, router) => {
      await router.call(bonds, 'setBond', {
        name: NAME,
        new_name: NEW,
        attributes: attributesOf(args),
        bond: { mode: word, primary: PORT, ...ownOf(args) },
      });
      return undefined;
    },
  }),
];

function ownOf(args: Values<typeof ownArguments>) {
  return {
    balance: args['balance rss|l2|l3+l4'],
    mac: args.MAC && formatMac(args.MAC),
  };
}
