import { flag, optional, records } from '../../command/argument.ts';
import { integer, ip, mac, oneOf, text } from '../../command/argument-types.ts';
import { type Cell, details, type JsonObject, table } from '../../command/output.ts';
import { gone } from '../../engine/client/again.ts';
import { percent } from '../../engine/client/counter.ts';
import type { RouterClient } from '../../engine/client/router-client.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { type RequestOf, serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import { formatMac } from '../../net/mac.ts';
import { interfaceName, vrfName } from '../interface/cli-arguments.ts';
import { newNexthopId, nexthopId, showChosen } from './cli-arguments.ts';
import type { NexthopJson, NexthopService } from './neighbor_pb.js';

const nexthops = serviceRef<typeof NexthopService>('millrace.neighbor.v1.NexthopService');

/** The commands of next hops, neighbours among them. */
export const nexthopCommands = [
  routerCommand({
    syntax: 'nexthop add l3 iface IFACE [(id N),(address IP),(mac MAC),remote]',
    help: 'Makes a next hop that is reached over an interface.',
    args: {
      IFACE: interfaceName('The interface that leads there.'),
      'id N': newNexthopId,
      IP: optional(ip('The address of the neighbour.')),
      MAC: optional(mac('Its Ethernet address, which is asked for otherwise.')),
      remote: flag('The neighbour is not on the link: its MAC is given and never asked for.'),
    },
    run: (args, router) =>
      addNexthop(router, {
        id: args['id N'],
        l3: {
          iface: args.IFACE,
          address: args.IP === undefined ? undefined : formatAddress(args.IP),
          mac: args.MAC && formatMac(args.MAC),
          remote: args.remote,
        },
      }),
  }),
  routerCommand({
    syntax: 'nexthop add blackhole|reject [(id N),(vrf VRF)]',
    help: 'Makes a next hop that drops packets, silently or with an ICMP error.',
    args: {
      'blackhole|reject': oneOf({ blackhole: 'Drops silently.', reject: 'Answers unreachable.' }),
      'id N': newNexthopId,
      VRF: optional(vrfName('The VRF that it belongs to; main otherwise.')),
    },
    run: (args, router) =>
      addNexthop(router, {
        id: args['id N'],
        [args['blackhole|reject']]: { vrf: args.VRF },
      }),
  }),
  routerCommand({
    syntax: 'nexthop add vrf VRF [(id N)]',
    help: 'Makes a next hop by which packets are looked up again in another VRF.',
    args: { VRF: vrfName('The VRF to look in.'), 'id N': newNexthopId },
    run: (args, router) => addNexthop(router, { id: args['id N'], vrf: { vrf: args.VRF } }),
  }),
  routerCommand({
    syntax: 'nexthop add group [(id N)] (member NHID [weight W])*',
    help: 'Makes a next hop that spreads flows over others by their weights.',
    args: {
      'id N': newNexthopId,
      member: records({
        NHID: nexthopId('A next hop of the group.'),
        W: optional(integer({ min: 1, max: 65535, help: 'Its share of the flows; 1 otherwise.' })),
      }),
    },
    run: (args, router) => {
      const members = args.member.map(({ NHID, W }) => ({ id: NHID, weight: W ?? 1 }));
      return addNexthop(router, { id: args['id N'], group: { members } });
    },
  }),
  routerCommand({
    syntax: 'nexthop del ID',
    help: 'Removes a next hop that no route and no group uses.',
    args: { ID: nexthopId('The next hop to remove.') },
    run: ({ ID }, router) => gone(router.call(nexthops, 'deleteNexthop', { id: ID })),
  }),
  routerCommand({
    syntax: 'nexthop flush origin learn|static',
    help: 'Removes the unused next hops of one origin.',
    args: {
      'learn|static': oneOf({ learn: 'Those learned from the link.', static: 'Those set by a user.' }),
    },
    run: async (args, router) => {
      await router.call(nexthops, 'flushNexthops', { origin: args['learn|static'] });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'nexthop [show] [(id N)|((vrf VRF),(type T),internal,(max N))]',
    help: 'Shows one next hop or lists them.',
    args: {
      'id N': optional(nexthopId('Only this next hop, with all it has.')),
      VRF: optional(vrfName('Only next hops of this VRF.')),
      T: optional(text('Only next hops of this type, such as L3 or group.')),
      internal: flag('Includes those that the router made for itself.'),
      'max N': optional(integer({ min: 1, help: 'At most so many.' })),
    },
    run: async (args, router, { signal }) => {
      const id = args['id N'];
      if (id !== undefined) {
        const found = await router.call(nexthops, 'getNexthop', { id });
        return details(nexthopJson(found.nexthop ?? {}));
      }
      const request = { vrf: args.VRF, type: args.T, internal: args.internal, max: args['max N'] };
      const batches = router.stream(nexthops, 'listNexthops', request, { signal });
      return table({ items: itemsOf(batches), columns: nexthopColumns, json: listedJson });
    },
  }),
  routerCommand({
    syntax:
      'nexthop config set (max N),(lifetime S),(unreachable S),(held-packets N),(ucast-probes N),(bcast-probes N)',
    help: 'Changes how next hops are kept; all or none.',
    args: {
      'max N': optional(integer({ min: 1, help: 'The largest number of next hops.' })),
      'lifetime S': optional(integer({ min: 1, help: 'Seconds until a silent neighbour is stale.' })),
      'unreachable S': optional(integer({ min: 1, help: 'Seconds until a failed one is forgotten.' })),
      'held-packets N': optional(integer({ help: 'Packets that wait for one neighbour.' })),
      'ucast-probes N': optional(integer({ max: 255, help: 'Questions sent to the neighbour itself.' })),
      'bcast-probes N': optional(integer({ max: 255, help: 'Questions sent to the whole link.' })),
    },
    run: async (args, router) => {
      await router.call(nexthops, 'setNexthopConfig', {
        max: args['max N'],
        lifetime: args['lifetime S'],
        unreachable: args['unreachable S'],
        held_packets: args['held-packets N'],
        ucast_probes: args['ucast-probes N'],
        bcast_probes: args['bcast-probes N'],
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'nexthop config [show]',
    help: 'Shows how next hops are kept.',
    run: async (_, router) => {
      const { config, used } = await router.call(nexthops, 'getNexthopConfig', {});
      return details({ used, used_percent: percent(used, config?.max), ...config });
    },
  }),
];

type AddRequest = RequestOf<typeof NexthopService, 'addNexthop'>;

/** Adds a next hop, and tells its id when the router chose it. */
async function addNexthop(router: RouterClient, request: AddRequest) {
  const { nexthop } = await router.call(nexthops, 'addNexthop', request);
  return showChosen(request.id, { id: nexthop?.id });
}

async function* itemsOf(batches: AsyncIterable<{ readonly nexthops?: readonly NexthopJson[] }>) {
  for await (const { nexthops: items = [] } of batches) yield* items;
}

const nexthopColumns = {
  VRF: (item: NexthopJson) => item.vrf,
  ID: (item: NexthopJson) => (item.id === 0 ? undefined : item.id),
  ORIGIN: (item: NexthopJson) => item.origin,
  IFACE: (item: NexthopJson) => item.iface,
  TYPE: (item: NexthopJson) => item.type,
  INFO: nexthopInfo,
};

function nexthopInfo({ l3, group, info }: NexthopJson): Cell {
  if (group !== undefined) return group.members?.map(({ id, weight }) => `${id}(${weight})`);
  if (l3 === undefined) return info;
  const facts = { family: l3.family, addr: l3.address, mac: l3.mac, state: l3.state };
  const given = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '');
  return [...given.map(([key, value]) => `${key}=${value}`), ...(l3.flags ?? [])];
}

/** Puts what belongs to the next hop's type beside what every next hop has. */
function nexthopJson({ l3, group, info = [], ...common }: NexthopJson): JsonObject {
  return { ...common, ...(l3 && l3Json(l3)), ...group, ...(info.length > 0 ? { info } : {}) };
}

function l3Json({ address, ...rest }: NonNullable<NexthopJson['l3']>): JsonObject {
  return { ...rest, addr: address };
}

/** The same in a list, with the text that the table has. */
function listedJson(item: NexthopJson): JsonObject {
  return { ...nexthopJson(item), info: [nexthopInfo(item) ?? []].flat().join(' ') };
}
