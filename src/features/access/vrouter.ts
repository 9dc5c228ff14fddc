import { ApiError } from '../../engine/api-error.ts';
import { apiService } from '../../engine/host/api/service.ts';
import type { Router } from '../../engine/host/router.ts';
import { parseMac } from '../../net/mac.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { Ports } from '../port/index.ts';
import type { Vlans } from '../vlan/index.ts';
import type { AddAccessRequest } from './access_pb.js';
import { AccessService } from './access_pb.js';
import { leadTo, type StationNeeds } from './station.ts';

/** What links to stations are made of. */
export interface AccessNeeds extends StationNeeds {
  readonly interfaces: Interfaces;
  readonly ports: Ports;
  readonly vlans: Vlans;
}

/** Sets up the service that adds links to stations. */
export function startAccess(router: Pick<Router, 'services'>, needs: AccessNeeds): void {
  const { interfaces } = needs;
  router.services.push(
    apiService(AccessService, {
      async addAccess(request) {
        await interfaces.inTurn(() => addAccess(needs, request));
        return {};
      },
    }),
  );
}

async function addAccess(needs: AccessNeeds, request: AddAccessRequest): Promise<void> {
  const { station } = request;
  if (!station) throw missing(request, 'a station', 'none');
  const iface = await addInterface(needs, request);
  try {
    leadTo(needs, iface, station);
  } catch (error) {
    await needs.interfaces.remove(iface.name);
    throw error;
  }
}

function addInterface(needs: AccessNeeds, request: AddAccessRequest): Promise<Interface> | Interface {
  const { name, description, mtu, link } = request;
  const vrf = needs.interfaces.vrfNamed(doingOf(request), request.vrf);
  const attributes = { vrf, domain: 0, mtu, description, access: true };
  const mac = parseMac(request.mac);
  switch (link.case) {
    case 'vlan': {
      const place = { parent: link.value.parent, vlanId: link.value.vlanId, proto: '802.1q' };
      return needs.vlans.add(name, place, { ...attributes, mac });
    }
    case 'devargs':
      return needs.ports.add({ name, devargs: link.value, attributes, port: { mac } });
    default:
      throw missing(request, 'a vlan or devargs', 'neither');
  }
}

function missing(request: AddAccessRequest, expected: string, received: string): ApiError {
  return new ApiError('EINVAL', { doing: doingOf(request), expected, received });
}

function doingOf({ name }: AddAccessRequest): string {
  return `add access ${name}`;
}
