import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import {
  fewIpv4Routes,
  fewIpv6Routes,
  manyIpv4Routes,
  manyIpv6Routes,
  mixedTraffic,
  neighborAddress,
  neighborMac,
} from './workload.ts';

test('the few routes of both families are 256, for 1024 packets', () => {
  for (const workload of [fewIpv4Routes(), fewIpv6Routes()]) {
    equal(workload.routes.length, 256);
    equal(workload.frames.length, 1024);
  }
});

test("many routes are distinct and none covers a router's own addresses", () => {
  const { routes } = manyIpv4Routes(20_000);
  equal(new Set(routes.map((route) => route.destination)).size, 20_000);
  ok(routes.every(({ destination }) => !/^(0|10|127|172|192)\./.test(destination)));
});

test('many IPv6 routes are distinct', () => {
  equal(new Set(manyIpv6Routes(10_000).map((route) => route.destination)).size, 10_000);
});

test('the mix has both families in equal parts and three sizes', () => {
  const { frames } = mixedTraffic();
  equal(frames.filter((frame) => frame[12] === 0x08).length, frames.length / 2);
  deepEqual([...new Set(frames.map((frame) => frame.length))].toSorted(), [1514, 590, 60, 62]);
});

test('a workload is the same each time', () => {
  deepEqual(manyIpv4Routes(100), manyIpv4Routes(100));
});

test('neighbours have addresses of both families and a MAC address', () => {
  equal(neighborAddress('ipv4', 255), '172.16.1.255');
  equal(neighborAddress('ipv6', 255), 'fd01::1:ff');
  equal(neighborMac(255), '02:00:00:00:01:ff');
});
