import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Family, Route } from '../workload.ts';
import { forwardingScript } from './router-script.ts';

const sizesFor = (roomFor: readonly Route[]) =>
  forwardingScript({ routes: [], frames: [] }, ['net_null0'], roomFor)
    .slice(0, 3)
    .filter((line) => line.startsWith('interface set vrf'));

test('a router has ports before its tables are made larger', () => {
  const [first, second] = forwardingScript(
    { routes: [], frames: [] },
    ['net_null0'],
    routes('ipv4', 100_000),
  );
  equal(first, 'interface add port p0 devargs net_null0');
  equal(second, 'interface set vrf main rib4-routes 131072');
});

test('many routes of IPv6 have as many groups and not more', () => {
  deepEqual(sizesFor(routes('ipv6', 200_000)), [
    'interface set vrf main fib6-tbl8 262144 rib6-routes 262144',
  ]);
});

test('few routes need no larger tables', () => {
  deepEqual(sizesFor(routes('ipv4', 256)), []);
});

function routes(family: Family, count: number): readonly Route[] {
  const destination = family === 'ipv4' ? '10.0.0.0/24' : '2001:db8::/48';
  return new Array<Route>(count).fill({ destination, neighbor: 1 });
}
