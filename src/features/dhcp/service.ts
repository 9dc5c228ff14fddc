import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import type { Interfaces } from '../interface/index.ts';
import type { DhcpClients } from './clients.ts';
import { DhcpService } from './dhcp_pb.js';
import type { Holdings } from './holdings.ts';

/** DHCP clients as the API shows and changes them. */
export function dhcpService(parts: {
  readonly interfaces: Interfaces;
  readonly clients: DhcpClients;
  readonly holdings: Holdings;
  readonly nowMs: () => number;
}): ApiService {
  const { interfaces, clients, holdings, nowMs } = parts;
  return apiService(DhcpService, {
    enableDhcp({ iface }) {
      clients.enable(interfaces.named('enable DHCP', iface));
      return {};
    },
    disableDhcp: ({ iface }) =>
      interfaces.inTurn(async () => {
        await clients.disable(interfaces.named('disable DHCP', iface));
        return {};
      }),
    listDhcpClients: () => ({ clients: clients.list.map(messageOf) }),
  });

  function messageOf({ iface, state, lease }: DhcpClients['list'][number]) {
    const common = { iface: interfaces.find(iface)?.name ?? '', state };
    if (!lease) return common;
    const left = (endMs: number) =>
      Number.isFinite(endMs) ? Math.max(0, Math.round((endMs - nowMs()) / 1000)) : undefined;
    const times = {
      renewsIn: left(lease.renewMs),
      rebindsIn: left(lease.rebindMs),
      expiresIn: left(lease.expiresMs),
      lease: Number.isFinite(lease.expiresMs) ? lease.seconds : undefined,
    };
    return {
      ...common,
      address: formatPrefix(lease.prefix),
      server: formatAddress(lease.server),
      routes: holdings
        .routesOf(iface)
        .map(({ prefix, gateway }) => `${formatPrefix(prefix)} via ${formatAddress(gateway)}`),
      ...Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined)),
    };
  }
}
