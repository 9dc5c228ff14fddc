import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { parseAddress } from '../../net/address.ts';
import { formatMac, parseMac } from '../../net/mac.ts';
import type { Interface } from '../interface/index.ts';
import type { InterfaceList } from './host.ts';
import type { L3DetailsSchema } from './neighbor_pb.js';
import { type AddNexthopRequest, type Nexthop, NexthopSchema, NexthopService } from './neighbor_pb.js';
import {
  addingNextHop,
  addressWord,
  interfaceOf,
  isInternal,
  isNeighbor,
  type NextHop,
  type Target,
  typeWord,
} from './next-hop.ts';
import type { NextHops } from './next-hops.ts';
import type { UserNextHops, WantedNextHop } from './user-next-hops.ts';

/** Next hops as the API shows them. */
export function nexthopService(parts: ServiceParts): ApiService {
  const { hops, users } = parts;
  const show = (nextHop: NextHop) => nexthopMessage(parts, nextHop);
  return apiService(NexthopService, {
    addNexthop: (request) => ({ nexthop: show(users.add(readWanted(parts, request))) }),
    deleteNexthop({ id }) {
      users.remove(id);
      return {};
    },
    flushNexthops: ({ origin }) => ({ count: users.flush(origin) }),
    getNexthop: ({ id }) => ({ nexthop: show(hops.withId('show a next hop', id)) }),
    async *listNexthops({ vrf, type, internal, max }) {
      const found = [...hops.table.all]
        .filter((nextHop) => internal || !isInternal(nextHop.target))
        .filter(vrf === undefined ? () => true : inVrf(parts.interfaces.vrfNamed('list next hops', vrf)))
        .filter(type === undefined ? () => true : ofType(type, hops.encapsulations))
        .sort((a, b) => a.vrf - b.vrf || a.id - b.id || a.index - b.index)
        .slice(0, max);
      for (let at = 0; at < found.length; at += BATCH)
        yield { nexthops: found.slice(at, at + BATCH).map(show) };
    },
    getNexthopConfig: () => ({ config: hops.config, used: hops.table.size }),
    setNexthopConfig: (request) => ({ config: hops.configure(present(request)) }),
  });
}

export interface ServiceParts {
  readonly hops: NextHops;
  readonly users: UserNextHops;
  readonly interfaces: InterfaceList;
  readonly nowMs: () => number;
}

const BATCH = 256;
const CONFIG_FIELDS = [
  'max',
  'lifetime',
  'unreachable',
  'heldPackets',
  'ucastProbes',
  'bcastProbes',
] as const;

/** A next hop as the API's message. */
export function nexthopMessage(
  parts: Pick<ServiceParts, 'hops' | 'interfaces' | 'nowMs'>,
  nextHop: NextHop,
): Nexthop {
  const { interfaces } = parts;
  const { id, origin, target } = nextHop;
  const details: MessageInitShape<typeof NexthopSchema>['details'] =
    target.type === 'group'
      ? { case: 'group', value: { members: membersOf(parts.hops, target) } }
      : 'iface' in target && target.type !== 'vrf'
        ? { case: 'l3', value: l3Details(parts, nextHop) }
        : { case: undefined };
  return create(NexthopSchema, {
    vrf: nextHop.vrf === 0 ? '' : interfaces.vrfName(nextHop.vrf),
    id,
    origin,
    iface: interfaces.find(interfaceOf(nextHop))?.name ?? '',
    type: typeWord(target),
    info: target.type === 'encapsulation' ? [...target.info] : [],
    details,
  });
}

function membersOf(hops: NextHops, { members }: Extract<Target, { type: 'group' }>) {
  return [...members].map(([index, weight]) => ({ id: hops.find(index)?.id ?? 0, weight }));
}

function l3Details(
  { hops, nowMs }: Pick<ServiceParts, 'hops' | 'nowMs'>,
  nextHop: NextHop,
): MessageInitShape<typeof L3DetailsSchema> {
  const { target, index } = nextHop;
  const neighbor = isNeighbor(nextHop) ? hops.neighbors.find(index) : undefined;
  const mac = neighbor?.mac ?? (target.type === 'L3' ? target.mac : undefined);
  const address = 'address' in target ? target.address : undefined;
  const heardMs = neighbor?.heardMs;
  return {
    family: address?.family ?? '',
    address: addressWord(target),
    mac: mac ? formatMac(mac) : '',
    state: neighbor?.state ?? 'reachable',
    flags: flagWords(hops, nextHop),
    heldPackets: hops.neighbors.heldFor(index),
    ...(heardMs === undefined ? {} : { lastReplyAge: Math.floor((nowMs() - heardMs) / 1000) }),
  };
}

function flagWords(hops: NextHops, nextHop: NextHop): string[] {
  const { target } = nextHop;
  const station = target.type === 'L3';
  const words: [boolean, string][] = [
    [station && target.mac !== undefined, 'static'],
    [target.type === 'local', 'local'],
    [station && hops.isUsed(nextHop), 'gateway'],
    [nextHop.origin === 'link' || (station && !target.address), 'link'],
    [station && target.remote, 'remote'],
  ];
  return words.filter(([on]) => on).map(([, word]) => word);
}

/** Stations are found on the links of interfaces that are routed. @throws ApiError EINVAL */
function checkLink(doing: string, interfaces: ServiceParts['interfaces'], iface: Interface): void {
  if (iface.outputStage === undefined) {
    const expected = 'an interface that sends frames';
    throw new ApiError('EINVAL', { doing, expected, received: `${iface.name}, a ${iface.type}` });
  }
  if (iface.domain === 0) return;
  const received = `one that is bound to ${interfaces.find(iface.domain)?.name ?? 'another'}`;
  throw new ApiError('EINVAL', { doing, expected: 'an interface that is routed', received });
}

/** Reads what a request wants. @throws ApiError EINVAL, ENODEV */
function readWanted({ interfaces }: ServiceParts, request: AddNexthopRequest): WantedNextHop {
  const doing = addingNextHop(request.id);
  const { id, kind, origin = 'static' } = request;
  switch (kind.case) {
    case 'l3': {
      const { iface: name, address, mac, remote } = kind.value;
      const iface = interfaces.named(doing, name);
      checkLink(doing, interfaces, iface);
      const station = {
        address: address === undefined ? undefined : parseAddress(address),
        mac: mac === undefined ? undefined : parseMac(mac),
      };
      return { id, origin, vrf: iface.vrf, target: { type: 'L3', iface: iface.id, ...station, remote } };
    }
    case 'vrf': {
      const { id: iface, vrf } = interfaces.named(doing, kind.value.vrf, 'vrf');
      return { id, origin, vrf, target: { type: 'vrf', iface } };
    }
    case 'blackhole':
    case 'reject': {
      const vrf = interfaces.vrfNamed(doing, kind.value.vrf ?? 'main');
      return { id, origin, vrf, target: { type: kind.case } };
    }
    case 'group':
      return { id, origin, vrf: 0, target: { type: 'group', members: kind.value.members } };
    default:
      throw new ApiError('EINVAL', {
        doing,
        expected: 'l3, vrf, blackhole, reject or group',
        received: 'none',
      });
  }
}

function inVrf(vrf: number) {
  return (nextHop: NextHop) => nextHop.vrf === vrf;
}

/** @throws ApiError EINVAL for a word that is no type */
function ofType(word: string, encapsulations: readonly string[]) {
  const wanted = word.toLowerCase();
  const types = [...TYPES, ...encapsulations];
  if (!types.some((type) => type.toLowerCase() === wanted)) {
    throw new ApiError('EINVAL', {
      doing: 'list next hops',
      expected: `one of the types ${types.join(', ')}`,
      received: JSON.stringify(word),
    });
  }
  return ({ target }: NextHop) => typeWord(target).toLowerCase() === wanted;
}

const TYPES = ['L3', 'vrf', 'blackhole', 'reject', 'group'];

function present(request: Partial<Record<(typeof CONFIG_FIELDS)[number], number | undefined>>) {
  const fields = CONFIG_FIELDS.flatMap((field) => {
    const value = request[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(fields);
}
