import { cores, forwardingDevices } from '../peer.ts';
import { neighborAddress, neighborCount, neighborMac, type Workload } from '../workload.ts';

/** The lines that make a router with the grcli grammar forward a workload from p0 to p1. */
export function forwardingScript(workload: Workload, pcap: string): readonly string[] {
  return [
    `affinity cpus set control ${cores.control} datapath ${cores.datapath}`,
    ...forwardingDevices(pcap).map((device, index) => `interface add port p${index} devargs ${device}`),
    ...tableSizeLines(workload.routes.length),
    ...addressLines,
    ...neighborLines(workload.family),
    ...workload.routes.map(
      ({ destination, neighbor }) =>
        `route add ${destination} via ${neighborAddress(workload.family, neighbor)}`,
    ),
  ];
}

/** The lines that make room for so many IPv4 routes, when the tables are not large enough from the start. */
export function tableSizeLines(routes: number): readonly string[] {
  return routes <= 60_000
    ? []
    : [`interface set vrf main rib4-routes ${2 ** Math.ceil(Math.log2(routes * 1.02))}`];
}

/** The lines that give both ports addresses. */
export const addressLines: readonly string[] = [
  'address add 192.168.0.1/24 iface p0',
  'address add fd00::1/64 iface p0',
  'address add 172.16.0.1/16 iface p1',
  'address add fd01::1/64 iface p1',
];

/** The lines that make the neighbours known, so that none is asked for its MAC address. */
export function neighborLines(family: Workload['family']): readonly string[] {
  return Array.from(
    { length: neighborCount },
    (_, neighbor) =>
      `nexthop add l3 iface p1 address ${neighborAddress(family, neighbor)} mac ${neighborMac(neighbor)}`,
  );
}
