import { addressToBytes, parseAddress } from '../../src/net/address.ts';
import { addressLines } from '../peers/router-script.ts';
import { receiverMac } from '../traffic.ts';
import { fewIpv4Routes } from '../workload.ts';
import { type Ends, expect, openRouted, unrouted, viewOf } from './outer.ts';
import type { Task } from './task.ts';

/** Puts packets of 256 routes into IPv6 with a routing header of one segment (RFC 8986 5.1), to one far end. */
export function segmentEncapsulation(): Task {
  const { routes, frames } = fewIpv4Routes();
  return {
    frames,
    open: (frame) => unrouted(openSegments(frame, ends)),
    carried: frames.map(openRouted),
    lines: [
      ...addressLines,
      `nexthop add l3 iface p1 id 1 address ${router} mac 02:00:00:00:01:00`,
      `route add ${ends.destination}/128 via ${router}`,
      `nexthop add srv6 seglist ${ends.destination} encap h.encaps src ${ends.source} id ${listId}`,
      ...routes.map(({ destination }) => `route add ${destination} via id ${listId}`),
    ],
  };
}

/** Puts IPv6 and a routing header of one segment, the far end, round an IPv4 packet. */
export function segmentFrame(packet: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(innerAt + packet.length);
  const view = viewOf(bytes);
  bytes.set([...Buffer.from(receiverMac.replaceAll(':', ''), 'hex')]);
  view.setUint16(12, 0x86dd);
  view.setUint32(etherBytes, 0x6000_0000);
  view.setUint16(etherBytes + 4, bytes.length - routingAt);
  bytes.set([routing, 64], etherBytes + 6);
  bytes.set(bytesOf(ends.source), etherBytes + 8);
  bytes.set(bytesOf(ends.destination), etherBytes + 24);
  bytes.set(routingHeader, routingAt);
  bytes.set(packet, innerAt);
  return bytes;
}

/** Returns the packet inside; throws when it is not IPv4 behind one segment between these ends. */
function openSegments(frame: Uint8Array, { source, destination }: Ends): Uint8Array {
  const view = viewOf(frame);
  expect(frame.length > innerAt && view.getUint16(12) === 0x86dd, 'IPv6 with a routing header');
  expect(view.getUint8(etherBytes) >> 4 === 6, 'version 6');
  expect(view.getUint16(etherBytes + 4) === frame.length - routingAt, 'an outer length that is right');
  expect(frame[etherBytes + 6] === routing, 'a routing header');
  expect((frame[etherBytes + 7] ?? 0) > 0, 'a hop limit');
  expect(isAt(frame, etherBytes + 8, bytesOf(source)), `the outer address ${source}`);
  expect(isAt(frame, etherBytes + 24, bytesOf(destination)), `the outer address ${destination}`);
  expect(isAt(frame, routingAt, routingHeader), `a routing header of the segment ${destination} alone`);
  return frame.subarray(innerAt);
}

const ends: Ends = { source: 'fd01::1', destination: 'fd00:e::1' };
const router = 'fd01::2';
const listId = 1000;
const [etherBytes, routingAt, innerAt] = [14, 54, 78];
const routing = 43;
/** Next header IPv4, two units of eight bytes, type 4, none of its segments left of one, no flags, no tag (RFC 8754 2). */
const routingHeader = Uint8Array.of(4, 2, 4, 0, 0, 0, 0, 0, ...bytesOf(ends.destination));

function bytesOf(address: string): Uint8Array {
  return addressToBytes(parseAddress(address));
}

function isAt(frame: Uint8Array, at: number, bytes: Uint8Array): boolean {
  return Buffer.compare(frame.subarray(at, at + bytes.length), bytes) === 0;
}
