import { addressToBytes, parseAddress } from '../../src/net/address.ts';

/** Ports from zero on, of which the last ones have bridges and VLANs behind them. */
export const LAST_PORT = 9;
export const LAST_INTERFACE = 35;
/** Up to this port, the router's MAC address ends with the port's number and one. */
export const LAST_LINK = 4;
/** MAC addresses of the router and of a host on link N (fuzz/world.ts); the last byte of each is N. */
export const routerMac = '02:00:00:00:00:01';
export const hostMac = '02:00:00:00:01:01';
/** The router inside tunnels, and as a station of its bridge. */
export const innerMac = '02:00:00:00:0d:01';
export const bridgeMac = '02:00:00:00:0a:01';
/** The router at the end of its pseudowire. */
export const wireMac = '02:00:00:00:0c:01';

/** SIDs of the router (fuzz/overlays/srv6.ts), two of them with compressed ones behind. */
export const ownSids: readonly string[] = [
  ...['1', '2', '3', '4', '6', '46', 'a', 'b', 'c', 'd'].map((last) => `2001:db8:5::${last}`),
  'fcbb:bb00:1::',
  'fcbb:bb00:3::',
  'fcbb:bb00:1:2::',
  'fcbb:bb00:1:3:1:2::',
];
/** Segments that lists name: ours, others', and addresses that no station has. */
export const segments: readonly string[] = [
  ...ownSids,
  '2001:db8:1::1',
  '2001:db8:2::2',
  '2001:db8:2::2',
  '2001:db8:f0::1',
  'fcbb:bb00:2::',
  'ff02::1',
  '::1',
];

/** Every kind of place that an IPv4 packet can go to. */
export const destinations4: readonly string[] = [
  '10.0.1.1',
  '10.0.2.1',
  '10.0.3.1',
  '10.0.1.2',
  '10.0.2.2',
  '10.0.3.2',
  '10.0.1.77',
  '10.0.2.77',
  '10.0.3.77',
  '10.0.1.255',
  ...Array.from({ length: 44 }, (_, i) => `198.51.${100 + i}.1`),
  '198.51.150.1',
  '10.0.9.9',
  '10.0.9.1',
  '10.0.9.2',
  '10.0.10.1',
  '10.0.10.7',
  '10.0.10.22',
  '203.0.113.1',
  '224.0.0.5',
  '239.1.1.1',
  '255.255.255.255',
  '127.0.0.1',
  '0.0.0.0',
  '240.0.0.1',
];

/** The same for IPv6. */
export const destinations6: readonly string[] = [
  '2001:db8:1::1',
  '2001:db8:2::1',
  '2001:db8:3::1',
  '2001:db8:1::2',
  '2001:db8:2::2',
  '2001:db8:3::2',
  '2001:db8:1::77',
  '2001:db8:2::77',
  '2001:db8:3::77',
  ...Array.from({ length: 44 }, (_, i) => `2001:db8:${(0xf0 + i).toString(16)}::1`),
  '2001:db8:ffff::1',
  'fe80::1',
  'fe80::2',
  'fe80::77',
  'ff02::1',
  'ff02::5',
  'ff02::1:ff00:1',
  'ff01::1',
  'ff0e::1',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  ...ownSids,
];

export const addresses4: readonly Uint8Array[] = destinations4.map(bytesOf);
export const addresses6: readonly Uint8Array[] = destinations6.map(bytesOf);

function bytesOf(text: string): Uint8Array {
  return addressToBytes(parseAddress(text));
}

/** VLANs, networks and labels that the router knows (fuzz/world.ts), and some that it does not. */
export const vlans: readonly number[] = [10, 10, 20, 30, 0, 99, 4095];
export const vnis: readonly number[] = [100, 100, 101, 102, 200, 201, 0, 0xffffff];
export const labels: readonly number[] = [
  16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 0, 1, 2, 3, 7, 1000,
];

/** Addresses of station N of the bridge, 02:00:00:00:0b:0N. */
export const addressesOf = (station: number) =>
  [`10.0.10.${20 + station}`, `2001:db8:a::${20 + station}`] as const;

/** Our ends of tunnels, and the far ones. */
export const ownAddresses4: readonly string[] = ['10.0.1.1', '10.0.1.1', '10.0.2.1', '10.0.3.1'];
export const ownAddresses6: readonly string[] = [
  '2001:db8:1::1',
  '2001:db8:1::1',
  '2001:db8:2::1',
  'fe80::1',
];
export const farEnds4: readonly string[] = [
  '10.0.2.2',
  '10.0.2.2',
  '198.51.100.1',
  '10.0.1.2',
  '203.0.113.9',
];
export const farEnds6: readonly string[] = [
  '2001:db8:2::2',
  '2001:db8:2::2',
  '2001:db8:f0::1',
  '2001:db8::9',
];
