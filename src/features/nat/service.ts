import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatAddress, parseIpv4 } from '../../net/address.ts';
import { formatPrefix, parsePrefix } from '../../net/prefix.ts';
import type { Interfaces } from '../interface/index.ts';
import { NatService } from './nat_pb.js';
import type { NatRules } from './nat-rules.ts';
import type { Snat44 } from './rules.ts';

/** The rules of NAT as the API shows and changes them. */
export function natService(interfaces: Interfaces, rules: NatRules): ApiService {
  const nameOf = (iface: number) => interfaces.find(iface)?.name ?? '';
  return apiService(NatService, {
    addDnat44({ interface: name, ...request }) {
      const iface = interfaces.named(`add dnat44 ${request.destination}`, name).id;
      const [destination, replace] = [parseIpv4(request.destination), parseIpv4(request.replace)];
      rules.addDnat({ iface, destination, replace });
      return {};
    },
    deleteDnat44({ interface: name, destination }) {
      rules.deleteDnat(interfaces.named(`delete dnat44 ${destination}`, name), parseIpv4(destination));
      return {};
    },
    listDnat44({ vrf }) {
      const wanted = vrf === undefined ? undefined : interfaces.vrfNamed('list dnat44', vrf);
      const shown = rules.dnat.map(({ iface, destination, replace }) => ({
        interface: nameOf(iface),
        number: interfaces.find(iface)?.vrf ?? 0,
        destination: formatAddress(destination),
        replace: formatAddress(replace),
      }));
      const chosen = shown.filter(({ number }) => wanted === undefined || number === wanted);
      return { rules: chosen.map(({ number, ...rule }) => ({ ...rule, vrf: interfaces.vrfName(number) })) };
    },
    addSnat44(request) {
      rules.addSnat(readSnat(interfaces, `add snat44 ${request.subnet}`, request));
      return {};
    },
    deleteSnat44(request) {
      rules.deleteSnat(readSnat(interfaces, `delete snat44 ${request.subnet}`, request));
      return {};
    },
    listSnat44: () => ({
      rules: rules.snat.map(({ iface, subnet, replace }) => ({
        interface: nameOf(iface),
        subnet: formatPrefix(subnet),
        replace: formatAddress(replace),
      })),
    }),
  });
}

function readSnat(
  interfaces: Interfaces,
  doing: string,
  request: { readonly interface: string; readonly subnet: string; readonly replace: string },
): Snat44 {
  return {
    iface: interfaces.named(doing, request.interface).id,
    subnet: parsePrefix(request.subnet),
    replace: parseIpv4(request.replace),
  };
}
