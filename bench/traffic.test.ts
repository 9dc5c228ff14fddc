import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../src/net/address.ts';
import { checksum, pseudoHeaderSum } from '../src/net/checksum.ts';
import { smallestFrame, udpFrame } from './traffic.ts';

const ipv4 = { source: '192.168.0.2', destination: '10.1.2.3', bytes: smallestFrame('ipv4') };
const ipv6 = { source: 'fd00::2', destination: '2001:db8::3', bytes: smallestFrame('ipv6') };

test('an IPv4 frame has 60 bytes and a header checksum that is right', () => {
  const frame = udpFrame(ipv4);
  equal(frame.length, 60);
  equal(checksum(frame.subarray(14, 34)), 0);
});

test('the UDP checksum is right in both families', () => {
  for (const [spec, offset] of [
    [ipv4, 34],
    [ipv6, 54],
  ] as const) {
    const datagram = udpFrame(spec).subarray(offset);
    const pseudoHeader = pseudoHeaderSum({
      source: parseAddress(spec.source),
      destination: parseAddress(spec.destination),
      protocol: 17,
      length: datagram.length,
    });
    equal(checksum(datagram, pseudoHeader), 0);
  }
});

test('the smallest IPv6 frame with a UDP datagram has 62 bytes', () => {
  equal(udpFrame(ipv6).length, 62);
});
