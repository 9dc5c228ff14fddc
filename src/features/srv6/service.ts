import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatAddress, parseAddress } from '../../net/address.ts';
import type { Interfaces } from '../interface/index.ts';
import { addingNextHop } from '../neighbor/index.ts';
import { MAIN_VRF } from '../vrf/index.ts';
import type { Encaps, WantedEncap } from './encaps.ts';
import { behaviors, flavors, type LocalSids, type WantedSid } from './local-sids.ts';
import type { AddSrv6LocalRequest, AddSrv6NexthopRequest } from './srv6_pb.js';
import { Srv6Service } from './srv6_pb.js';

/** What the service shows and changes. */
export interface ServiceParts {
  readonly interfaces: Pick<Interfaces, 'vrfNamed' | 'named'>;
  readonly encaps: Encaps;
  readonly sids: LocalSids;
}

/** Segment routing as the API shows and changes it. */
export function srv6Service({ interfaces, encaps, sids }: ServiceParts): ApiService {
  return apiService(Srv6Service, {
    addSrv6Nexthop: (request) => ({ id: encaps.add(readEncap(interfaces, request)).id }),
    addSrv6Local: (request) => ({ id: sids.add(readSid(interfaces, request)).id }),
    setTunsrc({ address }) {
      encaps.setSource(address === undefined ? undefined : parseAddress(address));
      return {};
    },
    getTunsrc: () => (encaps.source ? { address: formatAddress(encaps.source) } : {}),
  });
}

const BLOCK_BITS = 32;
const CSID_BITS = 16;
const encapsulations = ['h.encaps', 'h.encaps.red'] as const;

/** @throws ApiError EINVAL, ENODEV */
function readEncap(interfaces: ServiceParts['interfaces'], request: AddSrv6NexthopRequest): WantedEncap {
  const { id, origin = 'static', seglist, encap = 'h.encaps', src, vrf = MAIN_VRF } = request;
  const doing = addingNextHop(id);
  return {
    id,
    origin,
    segments: seglist.map(parseAddress),
    encapsulation: oneOf(doing, encapsulations, encap),
    source: src === undefined ? undefined : parseAddress(src),
    vrf: interfaces.vrfNamed(doing, vrf),
  };
}

/** @throws ApiError EINVAL, ENODEV */
function readSid(interfaces: ServiceParts['interfaces'], request: AddSrv6LocalRequest): WantedSid {
  const { id, origin = 'static', vrf = MAIN_VRF, table = vrf, nexthop, iface } = request;
  const doing = addingNextHop(id);
  const behavior = oneOf(doing, keysOf(behaviors), request.behavior);
  const hasNeighbor = nexthop !== undefined && iface !== undefined;
  if ((behavior === 'end.x') !== hasNeighbor) {
    const expected = 'a nexthop and its iface with end.x, and with no other behavior';
    throw new ApiError('EINVAL', { doing, expected, received: behavior });
  }
  return {
    id,
    origin,
    behavior,
    vrf: interfaces.vrfNamed(doing, vrf),
    table: interfaces.vrfNamed(doing, table),
    flavors: request.flavor.map((flavor) => oneOf(doing, keysOf(flavors), flavor)),
    blockBits: request.blockBits ?? BLOCK_BITS,
    csidBits: request.csidBits ?? CSID_BITS,
    neighbor: hasNeighbor
      ? { iface: interfaces.named(doing, iface), address: parseAddress(nexthop) }
      : undefined,
  };
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(record) as Key[];
}

function oneOf<Word extends string>(doing: string, words: readonly Word[], word: string): Word {
  const found = words.find((each) => each === word);
  if (found) return found;
  const expected = `one of ${words.join(', ')}`;
  throw new ApiError('EINVAL', { doing, expected, received: JSON.stringify(word) });
}
