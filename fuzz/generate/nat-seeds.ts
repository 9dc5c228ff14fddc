import { etherFrame, icmpMessage, ipv4Packet, tcpSegment, udpDatagram } from '../../src/net/frame/build.ts';
import { hostMac, routerMac } from './places.ts';
import { payload } from './seed-packets.ts';

const far = '198.51.150.1';
/** The port with NAT, the router there, and who is behind it (fuzz/overlays/nat.ts). */
const OUTSIDE_PORT = 4;
const outsideMac = '02:00:00:00:00:05';
const farMac = '02:00:00:00:0e:01';
/** Stations, and the addresses by which they are known outside; the first one has its own. */
const stations = [
  { inside: '10.0.1.2', outside: '10.0.9.9' },
  { inside: '10.0.2.2', outside: '10.0.9.1' },
  { inside: '10.0.3.2', outside: '10.0.9.1' },
  { inside: '10.0.1.77', outside: '10.0.9.2' },
] as const;
const sources = [4000, 4001] as const;
const [FIN, SYN, RST, ACK] = [1, 2, 4, 16] as const;
const tcpFlags = [SYN, SYN | ACK, FIN | ACK, RST] as const;

/** A frame, and the port that it comes by. */
export interface NatSeed {
  readonly frame: Uint8Array;
  readonly port: number;
}

/** A station by one of its addresses, its port, and whether it is spoken to. */
interface Talk {
  readonly station: string;
  readonly source: number;
  readonly way?: 'back';
}

/** Packets between stations and somebody who knows them by other addresses, each way, and errors about them. */
export function natSeeds(): readonly NatSeed[] {
  return stations.flatMap(({ inside, outside }) =>
    sources.flatMap((source) => talk(inside, outside, source)),
  );
}

function talk(inside: string, outside: string, source: number): readonly NatSeed[] {
  const [from, back] = [{ source }, { source, way: 'back' as const }];
  const sent = [...between({ ...from, station: inside }), ...states({ ...from, station: inside })];
  const heard = [...between({ ...back, station: outside }), ...states({ ...back, station: outside })];
  const known = between({ ...back, station: inside });
  const left = between({ ...from, station: outside });
  return [
    ...leaving([...sent, ...known.map((quoted) => errorAbout(quoted, inside, far))]).map(by(0)),
    ...coming([...heard, ...left.map((quoted) => errorAbout(quoted, far, outside))]).map(by(OUTSIDE_PORT)),
  ];
}

const by = (port: number) => (frame: Uint8Array) => ({ frame, port });

/** Packets from inside, and from outside, in their frames. */
export function leaving(packets: readonly Uint8Array[]): readonly Uint8Array[] {
  return packets.map((packet) =>
    etherFrame({ destination: routerMac, source: hostMac, etherType: 0x0800 }, packet),
  );
}

export function coming(packets: readonly Uint8Array[]): readonly Uint8Array[] {
  return packets.map((packet) =>
    etherFrame({ destination: outsideMac, source: farMac, etherType: 0x0800 }, packet),
  );
}

/** A datagram, a segment, a ping, a packet without ports, and fragments. */
export function between(talk: Talk): readonly Uint8Array[] {
  const { ends, ports } = endsOf(talk);
  const datagram = udpDatagram(ports, payload, ends);
  const ping = { type: talk.way ? 0 : 8, rest: talk.source * 65536 + 1 };
  return [
    ipv4Packet({ ...ends, protocol: 17 }, datagram),
    ipv4Packet({ ...ends, protocol: 6 }, tcpSegment(ports, payload, ends)),
    ipv4Packet({ ...ends, protocol: 1 }, icmpMessage(ping, payload)),
    ipv4Packet({ ...ends, protocol: 47 }, payload),
    ipv4Packet({ ...ends, protocol: 17 }, udpDatagram(ports, payload)),
    ipv4Packet({ ...ends, protocol: 17, options: Uint8Array.of(1, 1, 1, 1) }, datagram),
    ipv4Packet({ ...ends, protocol: 17, moreFragments: true }, datagram.subarray(0, 24)),
    ipv4Packet({ ...ends, protocol: 17, fragmentOffset: 24 }, datagram.subarray(24)),
  ];
}

/** Segments that begin and end connections. */
function states(talk: Talk): readonly Uint8Array[] {
  const { ends, ports } = endsOf(talk);
  return tcpFlags.map((flags) => {
    const segment = tcpSegment(ports, payload);
    segment[13] = flags;
    return ipv4Packet({ ...ends, protocol: 6 }, segment);
  });
}

function endsOf({ station, source, way }: Talk) {
  const ports = { source, destination: 53 };
  if (!way) return { ends: { source: station, destination: far }, ports };
  return { ends: { source: far, destination: station }, ports: { source: 53, destination: source } };
}

function errorAbout(quoted: Uint8Array, source: string, destination: string): Uint8Array {
  const message = icmpMessage({ type: 3, code: 1 }, quoted.subarray(0, 40));
  return ipv4Packet({ source, destination, protocol: 1 }, message);
}
