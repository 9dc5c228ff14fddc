/**
 * Narrow ways, blackholes, refusals, a group, neighbours that never answer, IP in IP, lists of segments, SIDs, rules and
 * rate limits: what fuzz/world.ts has, by ctl.
 */
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
    ...tunnels,
    ...segments,
    ...steps,
  ].join('\n');
}

const tunnels: readonly string[] = [
  'interface add ipip t4 local 10.0.1.1 remote 10.0.2.2',
  'interface add ipip t6 local 2001:db8:1::1 remote 2001:db8:2::2',
  ...['t4', 't6'].flatMap((tunnel, i) => [
    `nexthop add l3 iface ${tunnel} id ${40 + i}`,
    `route add 198.51.${134 + i}.0/24 via id ${40 + i}`,
    `route add 2001:db8:${112 + i}::/48 via id ${40 + i}`,
  ]),
];

/** The last list leads into itself; the SIDs are those that seeds are sent to. */
const segments: readonly string[] = [
  ...['2001:db8:2::2', '2001:db8:2::2 2001:db8:f0::1', '2001:db8:119::1'].flatMap((list, i) => [
    `nexthop add srv6 seglist ${list} id ${50 + i}`,
    `route add 198.51.${[136, 137, 141][i]}.0/24 via id ${50 + i}`,
    `route add 2001:db8:${[114, 115, 119][i]}::/48 via id ${50 + i}`,
  ]),
  ...[
    ['2001:db8:5::1/128', 'end'],
    ['2001:db8:5::2/128', 'end flavor psp'],
    ['2001:db8:5::3/128', 'end flavor psp usd'],
    ['2001:db8:5::46/128', 'end.dt46'],
    ['2001:db8:5::b/128', 'end.t table second'],
    ['fcbb:bb00:1::/48', 'end flavor next-csid'],
  ].flatMap(([prefix, behavior], i) => [
    `nexthop add srv6-local behavior ${behavior} id ${60 + i}`,
    `route add ${prefix} via id ${60 + i}`,
  ]),
];

const steps: readonly string[] = [
  'police add marks cir 1m cbs 3036 eir 100g ebs 100000000 yellow 12 red drop',
  'police bind marks iface p1 in',
  'filter add rules deny proto tcp dport 23',
  'filter add rules deny proto udp fragment',
  'filter add rules deny dscp 46',
  'filter set rules default permit',
  'filter bind rules iface p1 in',
  'filter bind rules iface p1 out',
  'filter bind rules iface t4 in',
];
