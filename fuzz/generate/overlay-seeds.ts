import { addressToBytes, parseAddress } from '../../src/net/address.ts';
import { etherFrame, icmpv6Message, ipv4Packet, ipv6Packet, joinBytes } from '../../src/net/frame/build.ts';
import { arpMessage } from '../../src/net/frame/build-arp.ts';
import { parseIpv4 } from '../../src/net/ipv4.ts';
import { macToBytes, parseMac } from '../../src/net/mac.ts';
import {
  addressesOf,
  bridgeMac,
  farEnds4,
  farEnds6,
  hostMac,
  innerMac,
  labels,
  ownAddresses4,
  ownAddresses6,
  routerMac,
  vnis,
  wireMac,
} from './places.ts';
import { ruledSeeds } from './ruled-seeds.ts';
import { ip4, ip6, payload } from './seed-packets.ts';
import { segmentSeeds } from './segment-seeds.ts';
import { gre, stack, tagged, tunnelDatagram, vxlan } from './tunnel-headers.ts';

const stationA = '02:00:00:00:0b:01';
const stationB = '02:00:00:00:0b:02';
const broadcast = 'ff:ff:ff:ff:ff:ff';

/** Frames with the headers of VLANs, bridges, tunnels and labels. */
export function overlaySeeds(): readonly Uint8Array[] {
  return [
    ...tagSeeds(),
    ...bridgeSeeds(),
    ...vxlanSeeds(),
    ...labelSeeds(),
    ...ipipSeeds(),
    ...segmentSeeds(),
    ...ruledSeeds(),
    ...routedSeeds(),
  ];
}

function frame4(destination: string, source: string, target = '10.0.2.2'): Uint8Array {
  return etherFrame({ destination, source, etherType: 0x0800 }, ip4('10.0.1.2', target));
}

function frame6(destination: string, source: string, target = '2001:db8:2::2'): Uint8Array {
  return etherFrame({ destination, source, etherType: 0x86dd }, ip6('2001:db8:1::2', target));
}

function request(sender: string, target: string): Uint8Array {
  const message = arpMessage({
    operation: 'request',
    senderMac: parseMac(stationA),
    sender: parseIpv4(sender),
    target: parseIpv4(target),
  });
  return etherFrame({ destination: broadcast, source: stationA, etherType: 0x0806 }, message);
}

/** Somebody asks everybody for a station of the bridge. */
function questions(station: number): readonly Uint8Array[] {
  const [address4, address6] = addressesOf(station);
  return [request('10.0.10.9', address4), solicitation('2001:db8:a::9', address6)];
}

function solicitation(source: string, target: string): Uint8Array {
  const ends = { source, destination: 'ff02::1:ff00:16' };
  const option = source === '::' ? [] : [Uint8Array.of(1, 1), macToBytes(parseMac(stationA))];
  const payload = joinBytes(addressToBytes(parseAddress(target)), ...option);
  const message = icmpv6Message({ type: 135, code: 0 }, payload, ends);
  const packet = ipv6Packet({ ...ends, nextHeader: 58, hopLimit: 255 }, message);
  return etherFrame({ destination: '33:33:ff:00:00:16', source: stationA, etherType: 0x86dd }, packet);
}

function tagSeeds(): readonly Uint8Array[] {
  const [first, second] = [frame4(routerMac, hostMac), frame6(routerMac, hostMac)];
  return [
    tagged(first, [{ vlan: 10 }]),
    tagged(second, [{ vlan: 10 }]),
    tagged(first, [{ vlan: 0x600a }]),
    tagged(first, [{ vlan: 0 }]),
    tagged(first, [{ vlan: 10 }, { vlan: 30 }]),
    tagged(second, [{ vlan: 10, type: 0x88a8 }, { vlan: 30 }]),
    tagged(first, [{ vlan: 20 }]),
    tagged(request('10.0.10.9', '10.0.10.1'), [{ vlan: 20 }]),
  ];
}

function bridgeSeeds(): readonly Uint8Array[] {
  return [
    frame4(stationB, stationA),
    frame4(stationA, stationB),
    frame6(broadcast, stationA),
    frame4('01:00:5e:00:00:05', stationA),
    frame4(bridgeMac, stationA),
    frame6(bridgeMac, stationA),
    request('10.0.10.9', '10.0.10.1'),
    request('10.0.10.9', '10.0.10.7'),
    request('10.0.10.9', '10.0.10.9'),
    ...[1, 2, 3, 4, 5, 6].flatMap((station) => questions(station)),
    tagged(request('10.0.10.9', '10.0.10.22'), [{ vlan: 20 }]),
    solicitation('2001:db8:a::9', '2001:db8:a::1'),
    solicitation('::', '2001:db8:a::16'),
    etherFrame({ destination: '01:80:c2:00:00:00', source: stationA, etherType: 0x0026 }, payload),
    etherFrame({ destination: '01:80:c2:00:00:02', source: stationA, etherType: 0x8809 }, payload),
  ];
}

function vxlanSeeds(): readonly Uint8Array[] {
  const inner = [
    frame4(innerMac, stationA),
    frame6(innerMac, stationA),
    frame4(stationB, stationA),
    request('10.0.10.9', '10.0.10.1'),
    tagged(frame4(stationB, stationA), [{ vlan: 10 }]),
  ];
  const known = [...new Set(vnis)];
  return known.flatMap((vni, i) =>
    inner.map((frame, n) =>
      outer((i + n) % 2 === 0, 17, tunnelDatagram(4789, 50000 + i, vxlan({ vni }, frame))),
    ),
  );
}

function labelSeeds(): readonly Uint8Array[] {
  const packets = [ip4('10.0.1.2', '10.0.2.2'), ip6('2001:db8:1::2', '2001:db8:2::2')];
  const known = [...new Set(labels)];
  const asking = questions(2)[0] ?? payload;
  const stacks = known.flatMap((label) => [
    ...packets.map((packet) => stack([{ label, isLast: true }], packet)),
    stack(
      [
        { label, isLast: false },
        { label: 16, isLast: true },
      ],
      packets[0] ?? payload,
    ),
    ...packets.map((packet) =>
      stack(
        [
          { label, isLast: false, lifetime: 1 },
          { label: 77, isLast: true },
        ],
        packet,
      ),
    ),
    stack([{ label, isLast: true, lifetime: 1 }], packets[0] ?? payload),
    stack([{ label, isLast: true }], frame4(stationB, stationA)),
    stack([{ label, isLast: true }], joinBytes(new Uint8Array(4), frame4(stationB, stationA))),
    stack([{ label, isLast: true }], frame4(wireMac, stationA)),
    stack([{ label, isLast: true }], joinBytes(new Uint8Array(4), asking)),
  ]);
  const ways = [
    (bytes: Uint8Array) => etherFrame({ destination: routerMac, source: hostMac, etherType: 0x8847 }, bytes),
    (bytes: Uint8Array) => outer(true, 17, tunnelDatagram(6635, 50000, bytes)),
    (bytes: Uint8Array) => outer(false, 17, tunnelDatagram(51234, 50000, bytes)),
    (bytes: Uint8Array) => outer(true, 47, gre(0x2000, 0x8847, bytes)),
    (bytes: Uint8Array) => outer(false, 47, gre(0, 0x8847, bytes)),
    (bytes: Uint8Array) => outer(true, 47, gre(0, 0x8847, bytes)),
  ];
  return stacks.flatMap((bytes, i) => ways[i % ways.length]?.(bytes) ?? []);
}

/** IP in IP of both families, of which one is for us and one on its way to others. */
function ipipSeeds(): readonly Uint8Array[] {
  const inner4 = [ip4('10.0.1.2', '10.0.2.2'), ip4('10.0.1.2', '10.0.1.1')];
  const inner6 = [ip6('2001:db8:1::2', '2001:db8:2::2'), ip6('2001:db8:1::2', '2001:db8:1::1')];
  return [true, false].flatMap((isIp4) => [
    ...inner4.map((packet) => outer(isIp4, 4, packet)),
    ...inner6.map((packet) => outer(isIp4, 41, packet)),
    outer(isIp4, 41, inner4[0] ?? payload),
  ]);
}

/** What is routed into tunnels and VLANs: fuzz/world.ts has a route of each kind here. */
function routedSeeds(): readonly Uint8Array[] {
  return Array.from({ length: 34 }, (_, i) => [
    frame4(routerMac, hostMac, `198.51.${110 + i}.1`),
    frame6(routerMac, hostMac, `2001:db8:${(0xfa + i).toString(16)}::1`),
  ]).flat();
}

/** What comes to us in an outer header of IPv4 or of IPv6. */
function outer(isIp4: boolean, protocol: number, bytes: Uint8Array): Uint8Array {
  const ends4 = { source: farEnds4[0] ?? '', destination: ownAddresses4[0] ?? '' };
  const ends6 = { source: farEnds6[0] ?? '', destination: ownAddresses6[0] ?? '' };
  const packet = isIp4
    ? ipv4Packet({ ...ends4, protocol }, bytes)
    : ipv6Packet({ ...ends6, nextHeader: protocol }, bytes);
  const etherType = isIp4 ? 0x0800 : 0x86dd;
  return etherFrame({ destination: routerMac, source: hostMac, etherType }, packet);
}
