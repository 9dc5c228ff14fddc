import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { parseAddress } from '../../net/address.ts';
import { type Interfaces, interfaceMessage, readAttributes } from '../interface/index.ts';
import type { Ipip } from './ipip.ts';
import type { IpipAttributes } from './ipip_pb.js';
import { IpipService } from './ipip_pb.js';
import type { Ipips } from './ipips.ts';

/** Tunnels as the API shows and changes them. */
export function ipipService(interfaces: Interfaces, ipips: Ipips): ApiService {
  return apiService(IpipService, {
    addIpip: ({ name, ipip, attributes }) =>
      interfaces.inTurn(() => {
        const doing = `add ipip ${name}`;
        const common = readAttributes(interfaces, doing, attributes);
        const wanted = complete(doing, { encapVrf: common.vrf ?? 1, ...readIpip(interfaces, doing, ipip) });
        return {
          interface: interfaceMessage(interfaces, ipips.add({ name, ...wanted, attributes: common })),
        };
      }),
    setIpip: ({ name, newName, ipip, attributes }) =>
      interfaces.inTurn(async () => {
        const doing = `set ipip ${name}`;
        const common = readAttributes(interfaces, doing, attributes);
        const changes = readIpip(interfaces, doing, ipip);
        return { interface: interfaceMessage(interfaces, await ipips.set(name, changes, common, newName)) };
      }),
  });
}

function readIpip(interfaces: Interfaces, doing: string, message: IpipAttributes | undefined): Partial<Ipip> {
  const { local, remote, encapVrf } = message ?? {};
  return {
    ...(local === undefined ? {} : { local: parseAddress(local) }),
    ...(remote === undefined ? {} : { remote: parseAddress(remote) }),
    ...(encapVrf === undefined ? {} : { encapVrf: interfaces.vrfNamed(doing, encapVrf) }),
  };
}

/** @throws ApiError EINVAL for a new tunnel that lacks an end */
function complete(doing: string, wanted: Partial<Ipip> & Pick<Ipip, 'encapVrf'>): Ipip {
  const { local, remote, encapVrf } = wanted;
  if (local !== undefined && remote !== undefined) return { local, remote, encapVrf };
  const received = local === undefined ? 'no local address' : 'no remote address';
  throw new ApiError('EINVAL', { doing, expected: 'a local and a remote address', received });
}
