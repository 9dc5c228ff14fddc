import { etherFrame, ipv4Packet, ipv6Packet, udpDatagram } from '../../src/net/frame/build.ts';
import { hostMac, routerMac } from './places.ts';

/** What the packets of seeds carry. */
export const payload = Uint8Array.from({ length: 24 }, (_, i) => i);
const ports = { source: 4000, destination: 53 };

/** A datagram between two IPv4 addresses. */
export function ip4(source: string, destination: string): Uint8Array {
  const ends = { source, destination };
  return ipv4Packet({ ...ends, protocol: 17, tos: 2 }, udpDatagram(ports, payload, ends));
}

/** The same between two IPv6 addresses. */
export function ip6(source: string, destination: string): Uint8Array {
  const ends = { source, destination };
  return ipv6Packet({ ...ends, nextHeader: 17, trafficClass: 2 }, udpDatagram(ports, payload, ends));
}

/** An IP packet in a frame from the host of link 1 to the router. */
export function toRouter(packet: Uint8Array): Uint8Array {
  const etherType = (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
  return etherFrame({ destination: routerMac, source: hostMac, etherType }, packet);
}
