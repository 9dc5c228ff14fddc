import { addressToBytes, parseAddress } from '../../src/net/address.ts';

/** MAC addresses of the router and of a host on link N (fuzz/world.ts); the last byte of each is N. */
export const routerMac = '02:00:00:00:00:01';
export const hostMac = '02:00:00:00:01:01';

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
  ...Array.from({ length: 10 }, (_, i) => `198.51.${100 + i}.1`),
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
  ...Array.from({ length: 10 }, (_, i) => `2001:db8:${(0xf0 + i).toString(16)}::1`),
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
];

export const addresses4: readonly Uint8Array[] = destinations4.map(bytesOf);
export const addresses6: readonly Uint8Array[] = destinations6.map(bytesOf);

function bytesOf(text: string): Uint8Array {
  return addressToBytes(parseAddress(text));
}
