import { flag, optional, type Values } from '../../command/argument.ts';
import { integer, ip, mac, oneOf } from '../../command/argument-types.ts';
import { details, type JsonObject, table } from '../../command/output.ts';
import { counter, percent } from '../../engine/client/counter.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import { formatMac } from '../../net/mac.ts';
import {
  attributeArguments,
  attributeSyntax,
  attributesOf,
  interfaceName,
  newInterfaceName,
  onOff,
} from '../interface/cli-arguments.ts';
import type { BridgeService, FdbEntryJson, FdbService } from './bridge_pb.js';

const bridges = serviceRef<typeof BridgeService>('millrace.bridge.v1.BridgeService');
const fdb = serviceRef<typeof FdbService>('millrace.bridge.v1.FdbService');

const bridgeSyntax = '(ageing_time S),(mac MAC),(flood on|off),(learn on|off),(neigh_suppress on|off)';

const bridgeArguments = {
  ...attributeArguments,
  'ageing_time S': optional(
    integer({ min: 1, max: 65000, help: 'Seconds after which a silent station is forgotten.' }),
  ),
  MAC: optional(mac('The Ethernet address of the bridge itself.')),
  'flood on|off': optional(onOff('Sends frames to unknown stations to all members.')),
  'learn on|off': optional(onOff('Learns where stations are from their frames.')),
  'neigh_suppress on|off': optional(onOff('Answers ARP and ND for neighbours that are known.')),
};

const vlan = optional(
  integer({ min: 1, max: 4094, help: 'The VLAN of the tag that its frames come with; none otherwise.' }),
);

/** The commands of bridges and of the stations behind them. */
export const bridgeCommands = [
  routerCommand({
    syntax: 'interface add bridge NAME [IFATTR,BRIDGE]',
    help: 'Makes a bridge; interfaces become its members by "domain NAME".',
    fragments: { IFATTR: attributeSyntax, BRIDGE: bridgeSyntax },
    args: { NAME: newInterfaceName(), ...bridgeArguments },
    run: async ({ NAME, ...args }, router) => {
      await router.call(bridges, 'addBridge', {
        name: NAME,
        attributes: attributesOf(args),
        bridge: bridgeOf(args),
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'interface set bridge NAME (name NEW),IFATTR,BRIDGE',
    help: 'Changes attributes of a bridge; all or none.',
    fragments: { IFATTR: attributeSyntax, BRIDGE: bridgeSyntax },
    args: {
      NAME: interfaceName('The bridge to change.', 'bridge'),
      NEW: optional(newInterfaceName('The new name of the bridge.')),
      ...bridgeArguments,
    },
    run: async ({ NAME, NEW, ...args }, router) => {
      await router.call(bridges, 'setBridge', {
        name: NAME,
        new_name: NEW,
        attributes: attributesOf(args),
        bridge: bridgeOf(args),
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'fdb add MAC iface IFACE [(vlan V),(vtep IP)]',
    help: 'Says behind which member of a bridge a station is, for good.',
    args: {
      MAC: mac('The Ethernet address of the station.'),
      IFACE: interfaceName('A member of a bridge, or a tunnel that is routed.'),
      V: vlan,
      IP: optional(ip('The far end, where the member is a tunnel that has several.')),
    },
    run: async ({ MAC, IFACE, V, IP }, router) => {
      const vtep = IP === undefined ? undefined : formatAddress(IP);
      await router.call(fdb, 'addFdbEntry', { mac: formatMac(MAC), iface: IFACE, vlan: V, vtep });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'fdb del bridge BR MAC [vlan V]',
    help: 'Forgets a station.',
    args: {
      BR: interfaceName('The bridge that knows it.', 'bridge'),
      MAC: mac('The Ethernet address of the station.'),
      V: vlan,
    },
    run: async ({ BR, MAC, V }, router) => {
      await router.call(fdb, 'deleteFdbEntry', { bridge: BR, mac: formatMac(MAC), vlan: V });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'fdb flush [(bridge BR),(iface IF),(mac MAC),all]',
    help: 'Forgets stations that were learnt, or with "all" those that users have named too.',
    args: {
      BR: optional(interfaceName('Only of this bridge.', 'bridge')),
      IF: optional(interfaceName('Only behind this member.')),
      MAC: optional(mac('Only this station.')),
      all: flag('Forgets static and external entries too.'),
    },
    run: async ({ BR, IF, MAC, all }, router) => {
      const only = { bridge: BR, iface: IF, mac: MAC && formatMac(MAC) };
      await router.call(fdb, 'flushFdb', { ...only, all });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'fdb [show] [(bridge BR),(iface IF),(static|learn|extern)]',
    help: 'Lists the stations that bridges know.',
    args: {
      BR: optional(interfaceName('Only of this bridge.', 'bridge')),
      IF: optional(interfaceName('Only behind this member.')),
      'static|learn|extern': optional(
        oneOf({ static: 'Named by users.', learn: 'Learnt.', extern: 'Named by other programs.' }),
      ),
    },
    run: async (args, router, { signal }) => {
      const request = { bridge: args.BR, iface: args.IF, origin: args['static|learn|extern'] };
      const batches = router.stream(fdb, 'listFdb', request, { signal });
      return table({ items: itemsOf(batches), columns: fdbColumns, json: fdbJson });
    },
  }),
  routerCommand({
    syntax: 'fdb config set max N',
    help: 'Changes how many stations all bridges together may know.',
    args: { N: integer({ min: 1, max: 131072, help: 'The largest number of entries.' }) },
    run: async ({ N }, router) => {
      await router.call(fdb, 'setFdbConfig', { max: N });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'fdb config [show]',
    help: 'Shows how many stations may be known, and are.',
    run: async (_, router) => {
      const { config, used, unlearnt } = await router.call(fdb, 'getFdbConfig', {});
      return details({
        used,
        used_percent: percent(used, config?.max),
        ...config,
        unlearnt: counter(unlearnt),
      });
    },
  }),
];

function bridgeOf(args: Values<typeof bridgeArguments>) {
  return {
    ageing_time: args['ageing_time S'],
    mac: args.MAC && formatMac(args.MAC),
    flood: isOn(args['flood on|off']),
    learn: isOn(args['learn on|off']),
    neigh_suppress: isOn(args['neigh_suppress on|off']),
  };
}

function isOn(word: 'on' | 'off' | undefined): boolean | undefined {
  return word === undefined ? undefined : word === 'on';
}

async function* itemsOf(batches: AsyncIterable<{ readonly entries?: readonly FdbEntryJson[] }>) {
  for await (const { entries = [] } of batches) yield* entries;
}

function fdbJson({ vlan = 0, vtep = '', age = 0, ...entry }: FdbEntryJson): JsonObject {
  return { ...entry, vlan, vtep, age };
}

const fdbColumns = {
  BRIDGE: (entry: FdbEntryJson) => entry.bridge,
  MAC: (entry: FdbEntryJson) => entry.mac,
  VLAN: (entry: FdbEntryJson) => entry.vlan || undefined,
  IFACE: (entry: FdbEntryJson) => entry.iface,
  VTEP: (entry: FdbEntryJson) => entry.vtep || undefined,
  FLAGS: (entry: FdbEntryJson) => entry.flags,
  AGE: (entry: FdbEntryJson) => (entry.flags?.includes('learn') ? entry.age : undefined),
};
