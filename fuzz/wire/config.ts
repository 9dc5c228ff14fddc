/** Narrow ways, blackholes, refusals, a group, and neighbours that never answer: what fuzz/world.ts has, by ctl. */
export function wireConfig(files: readonly string[]): string {
  return [
    'interface add vrf second',
    ...files.map((file, i) => {
      const place = ['', ' mtu 1280', ' vrf second'][i] ?? '';
      return `interface add port p${i} devargs net_pcap${i},rx_pcap=${file},infinite_rx=1 mac 02:00:00:00:00:0${i + 1}${place}`;
    }),
    ...files.flatMap((_, i) => [
      `address add 10.0.${i + 1}.1/24 iface p${i}`,
      `address add 2001:db8:${i + 1}::1/64 iface p${i}`,
      `nexthop add l3 iface p${i} id ${10 + i} address 10.0.${i + 1}.2 mac 02:00:00:00:01:0${i + 1}`,
      `nexthop add l3 iface p${i} id ${20 + i} address 2001:db8:${i + 1}::2 mac 02:00:00:00:01:0${i + 1}`,
    ]),
    'nexthop add blackhole id 30',
    'nexthop add reject id 31',
    'nexthop add group id 32 member 10 member 11',
    'nexthop add group id 33 member 20 member 21',
    ...[11, 10, 30, 31, 32].map((id, i) => `route add 198.51.${100 + i}.0/24 via id ${id}`),
    ...[21, 20, 30, 31, 33].map((id, i) => `route add 2001:db8:f${i}::/48 via id ${id}`),
    'route add 198.51.105.0/24 via 10.0.1.99',
    'route add 2001:db8:f5::/48 via 2001:db8:1::99',
  ].join('\n');
}
