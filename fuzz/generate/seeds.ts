import {
  etherFrame,
  icmpMessage,
  icmpv6Message,
  ipv4Packet,
  ipv6Fragment,
  ipv6Options,
  ipv6Packet,
  joinBytes,
  tcpSegment,
  udpDatagram,
} from '../../src/net/frame/build.ts';
import { arpMessage } from '../../src/net/frame/build-arp.ts';
import { parseIpv4 } from '../../src/net/ipv4.ts';
import { parseMac } from '../../src/net/mac.ts';
import { blankInput, type Input } from '../input.ts';
import { natSeeds } from './nat-seeds.ts';
import { overlaySeeds } from './overlay-seeds.ts';
import { destinations4, destinations6, hostMac, routerMac } from './places.ts';

const ports = { source: 4000, destination: 53 };
const payload = Uint8Array.from({ length: 24 }, (_, i) => i);
const long = Uint8Array.from({ length: 700 }, (_, i) => i);
const [host4, host6] = ['10.0.1.2', '2001:db8:1::2'];
/** No operation, record route with room for two, a copied security option and a timestamp. */
const options4 = Uint8Array.of(1, 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 130, 4, 0, 0, 68, 8, 5, 0, 0, 0, 0, 0);
const sourceRoute = Uint8Array.of(131, 7, 4, 10, 0, 2, 2, 0);
const routing = Uint8Array.of(58, 0, 0, 1, 0, 0, 0, 0);

/** The packets that the first ones are mutated from: every header that the datapath reads, to every kind of place. */
export function seedInputs(): readonly Input[] {
  const plain = [...ip4Seeds(), ...ip6Seeds(), ...arpSeeds(), ...otherSeeds(), ...hostSeeds()];
  return [...plain, ...overlaySeeds().map((frame) => inputOf(frame, 'wire')), ...natInputs()];
}

function ip4Seeds(): readonly Input[] {
  const each = destinations4.map((destination) => {
    const ends = { source: host4, destination };
    return ipv4Packet({ ...ends, protocol: 17 }, udpDatagram(ports, payload, ends));
  });
  const ends = { source: host4, destination: '10.0.2.2' };
  const toUs = { source: host4, destination: '10.0.1.1' };
  const quoted = ipv4Packet({ ...ends, protocol: 17 }, udpDatagram(ports, payload, ends));
  const others = [
    ipv4Packet({ ...ends, protocol: 6 }, tcpSegment(ports, payload, ends)),
    ipv4Packet({ ...ends, destination: '198.51.100.1', protocol: 6 }, tcpSegment(ports, long, ends)),
    ipv4Packet(
      { ...ends, destination: '198.51.100.1', protocol: 17, options: options4 },
      udpDatagram(ports, long),
    ),
    ipv4Packet(
      { ...ends, destination: '198.51.100.1', protocol: 17, dontFragment: true },
      udpDatagram(ports, long),
    ),
    ipv4Packet(
      { ...ends, destination: '198.51.100.9', protocol: 17, moreFragments: true, fragmentOffset: 800 },
      long.subarray(0, 696),
    ),
    ipv4Packet({ ...ends, protocol: 17, options: options4 }, udpDatagram(ports, payload)),
    ipv4Packet({ ...ends, protocol: 17, options: sourceRoute }, udpDatagram(ports, payload)),
    ipv4Packet({ ...ends, protocol: 17, ttl: 1 }, udpDatagram(ports, payload)),
    ...['10.0.1.1', '255.255.255.255'].map((destination) => {
      const fromServer = { source: host4, destination };
      return ipv4Packet(
        { ...fromServer, protocol: 17 },
        udpDatagram({ source: 67, destination: 68 }, long, fromServer),
      );
    }),
    ...[8, 0, 3, 11, 12, 5, 13].map((type) =>
      ipv4Packet({ ...toUs, protocol: 1 }, icmpMessage({ type }, quoted)),
    ),
    ...[3, 11].map((type) => ipv4Packet({ ...ends, protocol: 1, ttl: 1 }, icmpMessage({ type }, quoted))),
    ipv4Packet({ ...toUs, protocol: 17 }, udpDatagram(ports, payload, toUs)),
    ipv4Packet({ ...toUs, protocol: 89 }, payload),
    ipv4Packet({ ...toUs, protocol: 17, moreFragments: true }, payload),
    ipv4Packet({ ...ends, protocol: 4 }, quoted),
  ];
  return [...each, ...others].map((packet) => wire(0x0800, packet));
}

function ip6Seeds(): readonly Input[] {
  const each = destinations6.map((destination) => {
    const ends = { source: host6, destination };
    return ipv6Packet({ ...ends, nextHeader: 17 }, udpDatagram(ports, payload, ends));
  });
  const ends = { source: host6, destination: '2001:db8:2::2' };
  const toUs = { source: host6, destination: '2001:db8:1::1' };
  const echo = icmpv6Message({ type: 128 }, payload, toUs);
  const quoted = ipv6Packet({ ...ends, nextHeader: 17 }, udpDatagram(ports, payload, ends));
  const fragment = { nextHeader: 58, offset: 0, more: false, identification: 7 };
  const others = [
    ipv6Packet({ ...ends, nextHeader: 6 }, tcpSegment(ports, payload, ends)),
    ipv6Packet({ ...ends, nextHeader: 6, flowLabel: 12345 }, tcpSegment(ports, long, ends)),
    ipv6Packet({ ...ends, destination: '2001:db8:f0::1', nextHeader: 17 }, udpDatagram(ports, long, ends)),
    ipv6Packet({ ...ends, nextHeader: 17, hopLimit: 1 }, udpDatagram(ports, payload, ends)),
    ...[128, 129, 1, 2, 3, 4, 130, 131, 133, 134, 143, 200].map((type) =>
      ipv6Packet({ ...toUs, nextHeader: 58 }, icmpv6Message({ type }, quoted, toUs)),
    ),
    ipv6Packet({ ...toUs, nextHeader: 0 }, joinBytes(ipv6Options(58, Uint8Array.of(5, 2, 0, 0)), echo)),
    ipv6Packet({ ...toUs, nextHeader: 60 }, joinBytes(ipv6Options(58, Uint8Array.of(0x9e, 1, 0)), echo)),
    ipv6Packet({ ...toUs, nextHeader: 43 }, joinBytes(routing, echo)),
    ipv6Packet({ ...toUs, nextHeader: 44 }, joinBytes(ipv6Fragment(fragment), echo)),
    ipv6Packet({ ...toUs, nextHeader: 44 }, joinBytes(ipv6Fragment({ ...fragment, more: true }), echo)),
    ipv6Packet({ ...toUs, nextHeader: 59 }, payload),
    ipv6Packet({ ...toUs, nextHeader: 17 }, udpDatagram(ports, payload, toUs)),
    ipv6Packet({ ...ends, nextHeader: 41 }, quoted),
  ];
  return [...[...each, ...others].map((packet) => wire(0x86dd, packet)), ...discoverySeeds()];
}

function discoverySeeds(): readonly Input[] {
  const target = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  const ownOption = Uint8Array.of(1, 1, 2, 0, 0, 0, 1, 1);
  const theirOption = Uint8Array.of(2, 1, 2, 0, 0, 0, 1, 1);
  const ask = { source: host6, destination: 'ff02::1:ff00:1' };
  const probe = { source: '::', destination: 'ff02::1:ff00:1' };
  const answer = { source: host6, destination: '2001:db8:1::1' };
  const everyRouter = { source: 'fe80::99', destination: 'ff02::2' };
  const theirs = Uint8Array.from(target, (byte, i) => (i === 15 ? 2 : byte));
  const messages = [
    ipv6Packet(
      { ...ask, nextHeader: 58, hopLimit: 255 },
      icmpv6Message({ type: 135 }, joinBytes(target, ownOption), ask),
    ),
    ipv6Packet({ ...probe, nextHeader: 58, hopLimit: 255 }, icmpv6Message({ type: 135 }, target, probe)),
    ipv6Packet(
      { ...everyRouter, nextHeader: 58, hopLimit: 255 },
      icmpv6Message({ type: 133 }, ownOption, everyRouter),
    ),
    ipv6Packet(
      { ...answer, nextHeader: 58, hopLimit: 255 },
      icmpv6Message({ type: 135 }, joinBytes(target, ownOption), answer),
    ),
    ipv6Packet(
      { ...answer, nextHeader: 58, hopLimit: 255 },
      icmpv6Message({ type: 136, rest: 0x60000000 }, joinBytes(theirs, theirOption), answer),
    ),
  ];
  return messages.map((packet) => wire(0x86dd, packet));
}

function arpSeeds(): readonly Input[] {
  const message = (operation: 'request' | 'reply', sender: string, target: string) =>
    wire(
      0x0806,
      arpMessage({
        operation,
        senderMac: parseMac(hostMac),
        sender: parseIpv4(sender),
        target: parseIpv4(target),
      }),
    );
  return [
    message('request', '10.0.1.2', '10.0.1.1'),
    message('request', '0.0.0.0', '10.0.1.1'),
    message('request', '10.0.1.2', '10.0.1.9'),
    message('reply', '10.0.1.2', '10.0.1.1'),
    message('reply', '10.0.1.1', '10.0.1.2'),
    message('request', '10.0.1.2', '10.0.1.2'),
  ];
}

/** Frames that nobody here takes, and groups of the link. */
function otherSeeds(): readonly Input[] {
  const types = [0x88cc, 0x8100, 0x88a8, 0x8847, 0x0026];
  const frames = types.map((etherType) =>
    etherFrame({ destination: '01:80:c2:00:00:0e', source: hostMac, etherType }, payload),
  );
  return frames.map((frame) => inputOf(frame, 'wire'));
}

/** What programs of the host send by TUN and TAP. */
function hostSeeds(): readonly Input[] {
  const ends4 = { source: '10.0.1.1', destination: '198.51.100.1' };
  const ends6 = { source: '2001:db8:1::1', destination: '2001:db8:f0::1' };
  const packet4 = ipv4Packet({ ...ends4, protocol: 17 }, udpDatagram(ports, long, ends4));
  const packet6 = ipv6Packet({ ...ends6, nextHeader: 17 }, udpDatagram(ports, long, ends6));
  const routed = joinBytes(
    ipv6Options(43, Uint8Array.of(5, 2, 0, 0)),
    Uint8Array.of(17, 0, 0, 0, 0, 0, 0, 0),
  );
  const extended = ipv6Packet(
    { ...ends6, nextHeader: 0 },
    joinBytes(routed, udpDatagram(ports, long, ends6)),
  );
  const frame = (destination: string, etherType: number, packet: Uint8Array) =>
    etherFrame({ destination, source: routerMac, etherType }, packet);
  return [
    ...[packet4, packet6, extended].map((packet) => inputOf(packet, 'tun-input')),
    inputOf(packet4, 'ip4-send'),
    inputOf(packet6, 'ip6-send'),
    inputOf(frame(routerMac, 0x0800, packet4), 'tap-input'),
    inputOf(frame(routerMac, 0x86dd, extended), 'tap-input'),
    inputOf(frame('01:80:c2:00:00:0e', 0x88cc, payload), 'tap-input'),
    inputOf(frame(hostMac, 0x0800, packet4.subarray(0, 80)), 'tap-input'),
  ];
}

function wire(etherType: number, packet: Uint8Array): Input {
  return inputOf(etherFrame({ destination: routerMac, source: hostMac, etherType }, packet), 'wire');
}

/** Packets between stations inside a port with NAT and somebody behind it, by the ports that they come by. */
export function natInputs(): readonly Input[] {
  return natSeeds().map(({ frame, port }) => ({ ...inputOf(frame, 'wire'), port }));
}

function inputOf(bytes: Uint8Array, entry: Input['entry']): Input {
  const input = blankInput();
  input.bytes.set(bytes);
  input.length = bytes.length;
  input.entry = entry;
  return input;
}
