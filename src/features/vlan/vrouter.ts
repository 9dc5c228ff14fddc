import { ApiError } from '../../engine/api-error.ts';
import { apiService } from '../../engine/host/api/service.ts';
import type { Router } from '../../engine/host/router.ts';
import type { EtherFeature } from '../ether/index.ts';
import { type Interface, type Interfaces, interfaceMessage, readAttributes } from '../interface/index.ts';
import type { VlanAttributes } from './vlan_pb.js';
import { VlanService } from './vlan_pb.js';
import { type Place, Vlans } from './vlans.ts';

/** Sets up sub-interfaces and their service. */
export function startVlans(
  router: Router,
  { interfaces, ether }: { readonly interfaces: Interfaces; readonly ether: EtherFeature },
): Vlans {
  const vlans = new Vlans(router, interfaces);
  router.rewrites.add(vlans.rewrite);
  for (const etherType of [0x8100, 0x88a8]) ether.takeType(etherType, 'vlan-priority');
  const show = (iface: Interface) => ({ interface: interfaceMessage(interfaces, iface) });
  router.services.push(
    apiService(VlanService, {
      addVlan: ({ name, attributes, vlan }) =>
        interfaces.inTurn(() => {
          const doing = `add vlan ${name}`;
          const wanted = readAttributes(interfaces, doing, attributes, vlan?.mac);
          return show(vlans.add(name, wholePlace(doing, vlan), wanted));
        }),
      setVlan: ({ name, newName, attributes, vlan }) =>
        interfaces.inTurn(async () => {
          const wanted = readAttributes(interfaces, `set vlan ${name}`, attributes, vlan?.mac);
          return show(await vlans.set(name, placeOf(vlan), wanted, newName));
        }),
    }),
  );
  return vlans;
}

/** @throws ApiError EINVAL */
function wholePlace(doing: string, message: VlanAttributes | undefined): Required<Place> {
  const { parent, vlanId, proto = '802.1q' } = message ?? {};
  if (parent !== undefined && vlanId !== undefined) return { parent, vlanId, proto };
  const received = parent === undefined ? 'no parent' : 'no vlan_id';
  throw new ApiError('EINVAL', { doing, expected: 'a parent and a vlan_id', received });
}

function placeOf(message: VlanAttributes | undefined): Place {
  const { parent, vlanId, proto } = message ?? {};
  return {
    ...(parent === undefined ? {} : { parent }),
    ...(vlanId === undefined ? {} : { vlanId }),
    ...(proto === undefined ? {} : { proto }),
  };
}
