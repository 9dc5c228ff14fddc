import { parseAddress } from '../../net/address.ts';
import { parseMac } from '../../net/mac.ts';
import { hostPrefix } from '../../net/prefix.ts';
import type { Interface } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { NeighborFeature } from '../neighbor/index.ts';
import type { Station, StationAddress } from './access_pb.js';

/** What leads packets to a station. */
export interface StationNeeds {
  readonly ip: Pick<IpFeature, 'addresses' | 'routes'>;
  readonly users: NeighborFeature['users'];
}

/** Answers for a station's gateways on its link, and leads to each of its addresses. @throws ApiError, ValueError */
export function leadTo({ ip, users }: StationNeeds, iface: Interface, station: Station): void {
  const gateways = new Set(station.addresses.map(({ gateway }) => gateway));
  for (const gateway of gateways) ip.addresses.add(iface, hostPrefix(parseAddress(gateway)));
  for (const { address, nexthopId: id } of station.addresses) {
    const { index } = users.add({
      id,
      origin: ORIGIN,
      vrf: iface.vrf,
      target: targetOf(iface, station, address),
    });
    ip.routes.add({
      vrf: iface.vrf,
      prefix: hostPrefix(parseAddress(address)),
      target: { index },
      origin: ORIGIN,
    });
  }
}

const ORIGIN = 'static';

function targetOf({ id }: Interface, { mac }: Station, address: StationAddress['address']) {
  const type = 'L3' as const;
  return { type, iface: id, address: parseAddress(address), mac: parseMac(mac), remote: false };
}
