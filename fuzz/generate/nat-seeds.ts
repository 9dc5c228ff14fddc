import { etherFrame, icmpMessage, ipv4Packet, tcpSegment, udpDatagram } from '../../src/net/frame/build.ts';
import { hostMac, routerMac } from './places.ts';
import { payload } from './seed-packets.ts';

const [inside, outside, far] = ['10.0.1.2', '10.0.9.9', '198.51.150.1'];
const ports = { source: 4000, destination: 53 };

/** Packets between a station and somebody who knows it by another address, each way, and errors about them. */
export function natSeeds(): readonly Uint8Array[] {
  const leaving = packetsBetween(inside, far);
  const coming = packetsBetween(far, outside);
  const errors = [
    ...packetsBetween(far, inside).map((quoted) => errorAbout(quoted, inside, far)),
    ...packetsBetween(outside, far).map((quoted) => errorAbout(quoted, far, outside)),
  ];
  return [...leaving, ...coming, ...errors].map((packet) =>
    etherFrame({ destination: routerMac, source: hostMac, etherType: 0x0800 }, packet),
  );
}

function packetsBetween(source: string, destination: string): readonly Uint8Array[] {
  const ends = { source, destination };
  const datagram = udpDatagram(ports, payload, ends);
  return [
    ipv4Packet({ ...ends, protocol: 17 }, datagram),
    ipv4Packet({ ...ends, protocol: 6 }, tcpSegment(ports, payload, ends)),
    ipv4Packet({ ...ends, protocol: 1 }, icmpMessage({ type: 8, rest: 0x12340001 }, payload)),
    ipv4Packet({ ...ends, protocol: 47 }, payload),
    ipv4Packet({ ...ends, protocol: 17, options: Uint8Array.of(1, 1, 1, 1) }, datagram),
    ipv4Packet({ ...ends, protocol: 17, moreFragments: true }, datagram.subarray(0, 24)),
    ipv4Packet({ ...ends, protocol: 17, fragmentOffset: 24 }, datagram.subarray(24)),
  ];
}

function errorAbout(quoted: Uint8Array, source: string, destination: string): Uint8Array {
  const message = icmpMessage({ type: 3, code: 1 }, quoted.subarray(0, 40));
  return ipv4Packet({ source, destination, protocol: 1 }, message);
}
