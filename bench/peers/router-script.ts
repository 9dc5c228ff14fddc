import {
  type Family,
  familyOf,
  neighborAddress,
  neighborCount,
  neighborMac,
  type Route,
  type Workload,
} from '../workload.ts';

/**
 * The lines that make a router with the grcli grammar forward a workload from p0 to p1, which have these devices. There
 * is room for as many routes as in the last list; Grout has no tables before it has ports.
 */
export function forwardingScript(
  workload: Workload,
  devices: readonly string[],
  roomFor = workload.routes,
): readonly string[] {
  return [
    ...portLines(devices),
    ...tableSizeLines(roomFor),
    ...addressLines,
    ...neighborLines('ipv4'),
    ...neighborLines('ipv6'),
    ...routeLines(workload.routes),
  ];
}

/** The lines that make these devices the ports p0, p1 and so on. */
export function portLines(devices: readonly string[]): readonly string[] {
  return devices.map((device, index) => `interface add port p${index} devargs ${device}`);
}

/** The lines that make room for routes, when the tables are not large enough from the start. */
function tableSizeLines(routes: readonly Route[]): readonly string[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const count = routes.filter((route) => familyOf(route) === family).length;
    if (count <= roomFromTheStart) return [];
    const size = 2 ** Math.ceil(Math.log2(count * 1.02));
    // Of itself, Grout would want four groups a route of IPv6, and take no more than 524,288 of them.
    return [
      `interface set vrf main ${family === 'ipv4' ? 'rib4-routes' : `fib6-tbl8 ${size} rib6-routes`} ${size}`,
    ];
  });
}

/** The lines that add routes. */
export function routeLines(routes: readonly Route[]): readonly string[] {
  return routes.map((route) => {
    const gateway = neighborAddress(familyOf(route), route.neighbor);
    return `route add ${route.destination} via ${gateway}`;
  });
}

const roomFromTheStart = 60_000;

/** The lines that give both ports addresses. */
export const addressLines: readonly string[] = [
  'address add 192.168.0.1/24 iface p0',
  'address add fd00::1/64 iface p0',
  'address add 172.16.0.1/16 iface p1',
  'address add fd01::1/64 iface p1',
];

/** The lines that make the neighbours known, so that none is asked for its MAC address. */
export function neighborLines(family: Family): readonly string[] {
  return Array.from(
    { length: neighborCount },
    (_, neighbor) =>
      `nexthop add l3 iface p1 id ${neighborId(family, neighbor)} address ${neighborAddress(family, neighbor)} mac ${neighborMac(neighbor)}`,
  );
}

/** The id of a neighbour's next hop. */
export function neighborId(family: Family, neighbor: number): number {
  return 1 + neighbor + (family === 'ipv4' ? 0 : neighborCount);
}
