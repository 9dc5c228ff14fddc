import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatAddress, parseAddress } from '../../net/address.ts';
import { type Interfaces, interfaceMessage, readAttributes } from '../interface/index.ts';
import { MAIN_VRF } from '../vrf/index.ts';
import type { FloodEntry } from './flood-lists.ts';
import { VXLAN_PORT, type Vxlan } from './vxlan.ts';
import type { VxlanAttributes } from './vxlan_pb.js';
import { VxlanService } from './vxlan_pb.js';
import type { Vxlans } from './vxlans.ts';

/** Tunnels as the API shows and changes them. */
export function vxlanService(interfaces: Interfaces, vxlans: Vxlans): ApiService {
  return apiService(VxlanService, {
    addVxlan: ({ name, vxlan, attributes }) =>
      interfaces.inTurn(async () => {
        const doing = `add vxlan ${name}`;
        const common = readAttributes(interfaces, doing, attributes, vxlan?.mac);
        const wanted = complete(doing, readVxlan(interfaces, doing, vxlan));
        const iface = await vxlans.add({ name, ...wanted, attributes: common });
        return { interface: interfaceMessage(interfaces, iface) };
      }),
    setVxlan: ({ name, newName, vxlan, attributes }) =>
      interfaces.inTurn(async () => {
        const doing = `set vxlan ${name}`;
        const common = readAttributes(interfaces, doing, attributes, vxlan?.mac);
        const changes = readVxlan(interfaces, doing, vxlan);
        const iface = await vxlans.set(name, changes, common, newName);
        return { interface: interfaceMessage(interfaces, iface) };
      }),
    addFloodVtep(request) {
      vxlans.flooding.add(readFlood(interfaces, `add flood vtep ${request.vtep}`, request));
      return {};
    },
    deleteFloodVtep(request) {
      vxlans.flooding.remove(readFlood(interfaces, `delete flood vtep ${request.vtep}`, request));
      return {};
    },
    async *listFloodVteps({ vrf }) {
      const number = vrf === undefined ? undefined : interfaces.vrfNamed('show flood vteps', vrf);
      const all = vxlans.flooding.lists.list(number);
      for (let at = 0; at < all.length; at += BATCH)
        yield { vteps: all.slice(at, at + BATCH).map((entry) => floodMessage(interfaces, entry)) };
    },
  });
}

const BATCH = 1024;

function readVxlan(
  interfaces: Interfaces,
  doing: string,
  message: VxlanAttributes | undefined,
): Partial<Vxlan> {
  const { vni, local, encapVrf, dstPort } = message ?? {};
  return {
    ...(vni === undefined ? {} : { vni }),
    ...(local === undefined ? {} : { local: parseAddress(local) }),
    ...(encapVrf === undefined ? {} : { encapVrf: interfaces.vrfNamed(doing, encapVrf) }),
    ...(dstPort === undefined ? {} : { port: dstPort }),
  };
}

/** What is not said of a new tunnel. @throws ApiError EINVAL */
function complete(doing: string, { vni, local, encapVrf = 1, port = VXLAN_PORT }: Partial<Vxlan>): Vxlan {
  if (vni !== undefined && local !== undefined) return { vni, local, encapVrf, port };
  const received = vni === undefined ? 'no VNI' : 'no local address';
  throw new ApiError('EINVAL', { doing, expected: 'a VNI and a local address', received });
}

function readFlood(
  interfaces: Interfaces,
  doing: string,
  {
    vtep,
    vni,
    vrf = MAIN_VRF,
  }: { readonly vtep: string; readonly vni: number; readonly vrf?: string | undefined },
): FloodEntry {
  return { address: parseAddress(vtep), vni, vrf: interfaces.vrfNamed(doing, vrf) };
}

function floodMessage(interfaces: Interfaces, { vrf, vni, address }: FloodEntry) {
  return { vrf: interfaces.vrfName(vrf), vni, vtep: formatAddress(address) };
}
