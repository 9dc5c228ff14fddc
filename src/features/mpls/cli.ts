import { flag, optional, type Values } from '../../command/argument.ts';
import { integer, mac, oneOf } from '../../command/argument-types.ts';
import { type Cell, details, type JsonObject, table } from '../../command/output.ts';
import { counter } from '../../engine/client/counter.ts';
import type { RouterClient } from '../../engine/client/router-client.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { type RequestOf, serviceRef } from '../../engine/client/service-types.ts';
import { formatMac } from '../../net/mac.ts';
import {
  attributeArguments,
  attributeSyntax,
  attributesOf,
  interfaceName,
  newInterfaceName,
  onOff,
  vrfName,
} from '../interface/cli-arguments.ts';
import { newNexthopId, nexthopId, showChosen } from '../neighbor/cli-arguments.ts';
import { label, labelList, labelOrAuto, labelRange } from './cli-arguments.ts';
import type { LabelJson, MplsService } from './mpls_pb.js';

const mpls = serviceRef<typeof MplsService>('millrace.mpls.v1.MplsService');

const pseudowireArguments = {
  MAC: optional(mac('Its Ethernet address; a random one otherwise.')),
  'control-word on|off': optional(onOff('Sends a control word of four bytes in front of each frame.')),
};

const newLabel = labelOrAuto('The label, or auto for a free one, which is told.');

/** The commands of labels, and of next hops and interfaces with labels. */
export const mplsCommands = [
  routerCommand({
    syntax: 'label add LABEL vrf VRF',
    help: 'Routes what is behind a label in a VRF.',
    args: { LABEL: newLabel, VRF: vrfName('The VRF that the packet is routed in.') },
    run: ({ LABEL, VRF }, router) => addLabel(router, LABEL, { vrf: { vrf: VRF } }),
  }),
  routerCommand({
    syntax: 'label add LABEL nexthop NHID',
    help: 'Takes a label off and sends what is behind it straight to a next hop.',
    args: { LABEL: newLabel, NHID: nexthopId('The next hop, which may be a group.') },
    run: ({ LABEL, NHID }, router) => addLabel(router, LABEL, { nexthop: { nexthop: NHID } }),
  }),
  routerCommand({
    syntax: 'label add LABEL swap LABELS nexthop NHID',
    help: 'Puts other labels in the place of a label and sends the packet to a next hop.',
    args: {
      LABEL: newLabel,
      LABELS: labelList('The other labels, outermost first.'),
      NHID: nexthopId('The next hop that the packet goes to then.'),
    },
    run: ({ LABEL, LABELS, NHID }, router) =>
      addLabel(router, LABEL, { swap: { labels: [...LABELS], nexthop: NHID } }),
  }),
  routerCommand({
    syntax: 'label add LABEL iface IFACE [control-word]',
    help: 'Lets an interface receive the Ethernet frame behind a label.',
    args: {
      LABEL: newLabel,
      IFACE: interfaceName('The interface that receives the frame.'),
      'control-word': flag('A control word of four bytes is in front of the frame.'),
    },
    run: (args, router) =>
      addLabel(router, args.LABEL, { iface: { iface: args.IFACE, control_word: args['control-word'] } }),
  }),
  routerCommand({
    syntax: 'label del LABEL',
    help: 'Takes the meaning of a label away: packets with it are dropped.',
    args: { LABEL: label('The label.') },
    run: async ({ LABEL }, router) => {
      await router.call(mpls, 'deleteLabel', { label: LABEL });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'label [show] [(vrf VRF)]',
    help: 'Lists labels and what they mean.',
    args: { VRF: optional(vrfName('Only labels that lead into this VRF, or to a next hop of it.')) },
    run: async ({ VRF }, router, { signal }) => {
      const batches = router.stream(mpls, 'listLabels', { vrf: VRF }, { signal });
      return table({ items: itemsOf(batches), columns: labelColumns, json: labelJson });
    },
  }),
  routerCommand({
    syntax: 'label stats [(vrf VRF)]',
    help: 'Shows how many packets have come with each label.',
    args: { VRF: optional(vrfName('Only labels that lead into this VRF, or to a next hop of it.')) },
    run: async ({ VRF }, router, { signal }) => {
      const batches = router.stream(mpls, 'listLabels', { vrf: VRF }, { signal });
      return table({ items: itemsOf(batches), columns: countColumns, json: countJson });
    },
  }),
  routerCommand({
    syntax: 'label config set range FIRST-LAST',
    help: 'Changes which labels are given out by "label add auto".',
    args: { 'FIRST-LAST': labelRange('The first and the last of them.') },
    run: async (args, router) => {
      await router.call(mpls, 'setLabelConfig', args['FIRST-LAST']);
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'label config [show]',
    help: 'Shows which labels are given out, and how many are in use.',
    run: async (_, router) => {
      const { config, used } = await router.call(mpls, 'getLabelConfig', {});
      return details({ range: `${config?.first}-${config?.last}`, used });
    },
  }),
  routerCommand({
    syntax: 'nexthop add mpls label LABELS via NHID [(id N),(tc N),(ttl N)]',
    help: 'Makes a next hop that puts labels in front of packets and sends them to another one.',
    args: {
      LABELS: labelList('The labels, outermost first.'),
      NHID: nexthopId('The next hop that packets go to with their labels.'),
      'id N': newNexthopId,
      'tc N': optional(integer({ max: 7, help: "The labels' traffic class; that of the packet otherwise." })),
      'ttl N': optional(
        integer({ min: 1, max: 255, help: "The labels' time to live; that of the packet otherwise." }),
      ),
    },
    run: async (args, router) => {
      const request = { id: args['id N'], labels: [...args.LABELS], via: args.NHID };
      const set = { traffic_class: args['tc N'], ttl: args['ttl N'] };
      const { nexthop } = await router.call(mpls, 'addMplsNexthop', { ...request, ...set });
      return showChosen(request.id, { id: nexthop?.id });
    },
  }),
  routerCommand({
    syntax: 'interface add pseudowire NAME nexthop NHID [IFATTR,(mac MAC),(control-word on|off)]',
    help: 'Makes an interface whose frames leave with the labels of a next hop.',
    fragments: { IFATTR: attributeSyntax },
    args: {
      NAME: newInterfaceName(),
      NHID: nexthopId('The next hop that puts labels in front of its frames.'),
      ...attributeArguments,
      ...pseudowireArguments,
    },
    run: async ({ NAME, NHID, ...args }, router) => {
      const pseudowire = { nexthop: NHID, ...pseudowireOf(args) };
      await router.call(mpls, 'addPseudowire', { name: NAME, attributes: attributesOf(args), pseudowire });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'interface set pseudowire NAME (name NEW),(nexthop NHID),IFATTR,(mac MAC),(control-word on|off)',
    help: 'Changes attributes of a pseudowire; all or none.',
    fragments: { IFATTR: attributeSyntax },
    args: {
      NAME: interfaceName('The pseudowire to change.', 'pseudowire'),
      NEW: optional(newInterfaceName('The new name of the pseudowire.')),
      NHID: optional(nexthopId('The next hop that puts labels in front of its frames.')),
      ...attributeArguments,
      ...pseudowireArguments,
    },
    run: async ({ NAME, NEW, NHID, ...args }, router) => {
      const pseudowire = { nexthop: NHID, ...pseudowireOf(args) };
      const names = { name: NAME, new_name: NEW };
      await router.call(mpls, 'setPseudowire', { ...names, attributes: attributesOf(args), pseudowire });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'mpls enable|disable IFACE',
    help: 'Takes packets with labels from an interface, or does so no more.',
    args: {
      'enable|disable': oneOf({ enable: 'Takes them.', disable: 'Drops them.' }),
      IFACE: interfaceName('The interface.'),
    },
    run: async (args, router) => {
      const method = args['enable|disable'] === 'enable' ? 'enableMpls' : 'disableMpls';
      await router.call(mpls, method, { iface: args.IFACE });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'mpls [show]',
    help: 'Lists the interfaces that packets with labels are taken from.',
    run: async (_, router) => {
      const { interfaces = [] } = await router.call(mpls, 'listMplsInterfaces', {});
      return table({
        items: interfaces,
        columns: { IFACE: ({ iface }: { readonly iface?: string }) => iface },
      });
    },
  }),
];

type AddRequest = RequestOf<typeof MplsService, 'addLabel'>;

/** Gives a label a meaning, and tells the label when the router chose it. */
async function addLabel(router: RouterClient, wanted: number | 'auto', target: AddRequest) {
  const number = wanted === 'auto' ? undefined : wanted;
  const { label: added } = await router.call(mpls, 'addLabel', { ...target, label: number });
  return showChosen(number, { label: added?.label });
}

function pseudowireOf(args: Values<typeof pseudowireArguments>) {
  const controlWord = args['control-word on|off'];
  return {
    mac: args.MAC && formatMac(args.MAC),
    control_word: controlWord === undefined ? undefined : controlWord === 'on',
  };
}

async function* itemsOf(batches: AsyncIterable<{ readonly labels?: readonly LabelJson[] }>) {
  for await (const { labels: items = [] } of batches) yield* items;
}

const labelColumns = {
  LABEL: (item: LabelJson) => item.label,
  TYPE: typeOf,
  INFO: (item: LabelJson): Cell => {
    const words = Object.entries(targetOf(item)).map(([key, value]) => `${key}=${value}`);
    return words;
  },
};

const countColumns = {
  LABEL: (item: LabelJson) => item.label,
  RX_PACKETS: (item: LabelJson) => countOf(item.rx_packets),
  RX_BYTES: (item: LabelJson) => countOf(item.rx_bytes),
};

function countJson(item: LabelJson): JsonObject {
  return { label: item.label, rx_packets: countOf(item.rx_packets), rx_bytes: countOf(item.rx_bytes) };
}

/** Undefined for what is not counted. */
function countOf(value: string | undefined) {
  return value === undefined ? undefined : counter(value);
}

function typeOf({ vrf, nexthop, swap }: LabelJson): string {
  if (vrf) return 'vrf';
  if (nexthop) return 'nexthop';
  return swap ? 'swap' : 'iface';
}

function targetOf({ vrf, nexthop, swap, iface }: LabelJson): JsonObject {
  return { ...vrf, ...nexthop, ...swap, ...iface };
}

/** Puts what a label leads to beside the label. */
function labelJson(item: LabelJson): JsonObject {
  return { label: item.label, type: typeOf(item), ...targetOf(item) };
}
