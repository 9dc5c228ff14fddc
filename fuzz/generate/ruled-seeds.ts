import {
  ipv4Packet,
  ipv6Options,
  ipv6Packet,
  joinBytes,
  tcpSegment,
  udpDatagram,
} from '../../src/net/frame/build.ts';
import { payload, toRouter } from './seed-packets.ts';
import { tagged } from './tunnel-headers.ts';

const ends4 = { source: '10.0.1.2', destination: '10.0.2.2' };
const ends6 = { source: '2001:db8:1::2', destination: '2001:db8:2::2' };
const tcpFlags = { fin: 1, syn: 2, ack: 16 };

/** What rules look at: ports, flags of TCP, types of ICMP, classes of traffic, fragments; and what is cut before it. */
export function ruledSeeds(): readonly Uint8Array[] {
  const frames = [...packets4(), ...packets6()].map(toRouter);
  return frames.flatMap((frame, i) => (i % 3 === 0 ? [frame, tagged(frame, [{ vlan: 10 }])] : [frame]));
}

function packets4(): readonly Uint8Array[] {
  return [
    ...uppers().map(([protocol, bytes]) => ipv4Packet({ ...ends4, protocol }, bytes)),
    ipv4Packet({ ...ends4, protocol: 1 }, icmp(13)),
    ...[6, 17].map((protocol) => ipv4Packet({ ...ends4, protocol, fragmentOffset: 8 }, payload)),
    ipv4Packet({ ...ends4, protocol: 17, tos: 46 << 2 }, datagram(5000, 80)),
  ];
}

function packets6(): readonly Uint8Array[] {
  return [...uppers(), [58, icmp(200)] as const].flatMap(([protocol, bytes]) => {
    const options = ipv6Options(protocol, Uint8Array.of(1, 2, 0, 0));
    const laterFragment = Uint8Array.of(protocol, 0, 0, 8, 0, 0, 0, 1);
    return [
      ipv6Packet({ ...ends6, nextHeader: protocol }, bytes),
      ipv6Packet({ ...ends6, nextHeader: 60 }, joinBytes(options, bytes)),
      ipv6Packet({ ...ends6, nextHeader: 44 }, joinBytes(laterFragment, bytes)),
    ];
  });
}

/** What is behind an IP header, and its protocol. */
function uppers(): readonly (readonly [number, Uint8Array])[] {
  return [
    [6, tcp(23, tcpFlags.syn)],
    [6, tcp(80, tcpFlags.syn | tcpFlags.fin)],
    [6, tcp(80, tcpFlags.syn | tcpFlags.ack)],
    [6, tcp(80, tcpFlags.syn).subarray(0, 10)],
    [17, datagram(520, 520)],
    [17, datagram(5000, 53)],
    [132, datagram(520, 53)],
  ];
}

function tcp(destination: number, flags: number): Uint8Array {
  const segment = tcpSegment({ source: 4000, destination }, payload);
  segment[13] = flags;
  return segment;
}

function datagram(source: number, destination: number): Uint8Array {
  return udpDatagram({ source, destination }, payload);
}

function icmp(type: number): Uint8Array {
  return Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0);
}
