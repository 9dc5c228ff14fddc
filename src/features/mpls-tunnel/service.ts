import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatAddress, parseAddress } from '../../net/address.ts';
import type { Interfaces } from '../interface/index.ts';
import { addingNextHop, type NextHop } from '../neighbor/index.ts';
import { MAIN_VRF } from '../vrf/index.ts';
import { checkCarriesLabels, chooseEncapsulation, readEncapsulations } from './encapsulations.ts';
import { MPLS_UDP_PORT } from './layout.ts';
import { type AddMplsTunnelRequest, MplsTunnelService } from './mpls_tunnel_pb.js';
import { type Tunnel, tunnelMtu } from './tunnel.ts';
import type { TunnelTable } from './tunnel-table.ts';
import type { Tunnels, WantedNextHop } from './tunnels.ts';

/** What the service shows and changes. */
export interface ServiceParts {
  readonly interfaces: Pick<Interfaces, 'vrfNamed' | 'vrfName'>;
  readonly tunnels: Tunnels;
  readonly table: Pick<TunnelTable, 'counters'>;
}

/** Tunnels that carry labels, as the API shows them. */
export function mplsTunnelService(parts: ServiceParts): ApiService {
  const { interfaces, tunnels } = parts;
  return apiService(MplsTunnelService, {
    addMplsTunnel(request) {
      const { index } = tunnels.add(readWanted(interfaces, request));
      const added = tunnels.list.filter(([nextHop]) => nextHop.index === index);
      return { tunnel: added.map((each) => show(parts, each))[0] };
    },
    async *listMplsTunnels({ vrf }) {
      const only = vrf === undefined ? undefined : interfaces.vrfNamed('list tunnels', vrf);
      const found = tunnels.list.filter(([, tunnel]) => only === undefined || tunnel.vrf === only);
      const sorted = found.sort(([a], [b]) => a.vrf - b.vrf || a.id - b.id);
      for (let at = 0; at < sorted.length; at += BATCH)
        yield { tunnels: sorted.slice(at, at + BATCH).map((each) => show(parts, each)) };
    },
    chooseEncapsulation: (request) => ({ encap: choose('choose an encapsulation', request).choice ?? '' }),
  });
}

const BATCH = 256;

function show({ interfaces, table }: ServiceParts, [nextHop, tunnel]: readonly [NextHop, Tunnel]) {
  const { vrf, encapsulation, remote, port, way, slot } = tunnel;
  const { packets, bytes } = table.counters(slot);
  return {
    vrf: interfaces.vrfName(vrf),
    id: nextHop.id,
    encap: encapsulation,
    local: way.local ? formatAddress(way.local) : '',
    remote: formatAddress(remote),
    dstPort: encapsulation === 'mplsoudp' ? port : 0,
    mtu: tunnelMtu(tunnel),
    state: way.local ? 'up' : 'down',
    txPackets: packets,
    txBytes: bytes,
  };
}

/** @throws ApiError EINVAL, ENODEV, EPROTONOSUPPORT */
function readWanted(interfaces: ServiceParts['interfaces'], request: AddMplsTunnelRequest): WantedNextHop {
  const { id, origin = 'static', remote, local, vrf = MAIN_VRF, dstPort = MPLS_UDP_PORT } = request;
  const doing = addingNextHop(id);
  const { choice, ours, theirs } = choose(doing, request);
  return {
    id,
    origin,
    encapsulation: checkCarriesLabels(doing, choice, { ours, theirs }),
    vrf: interfaces.vrfNamed(doing, vrf),
    remote: parseAddress(remote),
    local: local === undefined ? undefined : parseAddress(local),
    port: dstPort,
  };
}

function choose(
  doing: string,
  lists: { readonly encap: readonly string[]; readonly offers: readonly string[] },
) {
  const ours = readEncapsulations(doing, lists.encap);
  const theirs = readEncapsulations(doing, lists.offers);
  return { ours, theirs, choice: chooseEncapsulation(ours, theirs) };
}
