import type { RouterClient } from '../../engine/client/router-client.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import type { InterfaceJson } from '../interface/interface_pb.js';
import type { PortService } from '../port/port_pb.js';
import type { VlanService } from '../vlan/vlan_pb.js';
import { type AttachmentRecord, descriptionOf, routerName } from './attachment-record.ts';
import { TRUNK_PORT } from './trunk-names.ts';

const ports = serviceRef<typeof PortService>('millrace.port.v1.PortService');
const vlans = serviceRef<typeof VlanService>('millrace.vlan.v1.VlanService');

/** Adds the interface of an attachment to an L2 network, a member of its bridge: a port, or a VLAN of the trunk. @throws RemoteError */
export async function addBridgeMember(
  router: RouterClient,
  { record, bridge, devargs }: { record: AttachmentRecord; bridge: string; devargs?: string },
): Promise<void> {
  const { mtu, number } = record;
  const name = routerName(record);
  const attributes = { domain: bridge, mtu, description: descriptionOf(record) };
  if (devargs !== undefined) await router.call(ports, 'addPort', { name, devargs, attributes });
  else
    await router.call(vlans, 'addVlan', { name, attributes, vlan: { parent: TRUNK_PORT, vlan_id: number } });
}

/** Says what of a member is not as it shall be; undefined when nothing is. */
export function missingMember({ name, domain, vrf }: InterfaceJson, bridge: string): string | undefined {
  if (domain === bridge) return undefined;
  return `${name} is in ${domain ?? `VRF ${vrf}`}, not in bridge ${bridge}`;
}
