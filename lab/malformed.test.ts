import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  etherFrame,
  type Ipv4Fields,
  type Ipv6Fields,
  icmpv6Message,
  ipv4Packet,
  ipv6Packet,
  joinBytes,
  udpDatagram,
} from '../src/net/frame/build.ts';
import type { ArpFields } from '../src/net/frame/build-arp.ts';
import { arpMessage } from '../src/net/frame/build-arp.ts';
import { parseIpv4 } from '../src/net/ipv4.ts';
import { parseMac } from '../src/net/mac.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { sendFrames } from './witness/frames.ts';
import { assertPings } from './witness/ping.ts';

const { router, hosts } = await testTopology({ hosts: { red: {}, blue: {} } });
const { red, blue } = hosts;
const mac = String((await router.list('interface show name red'))[0]?.mac);
const udp = udpDatagram({ source: 1, destination: 9 }, new Uint8Array(20));
const target = new Uint8Array([0, 0, 0, 0, 0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

const bad: Readonly<Record<string, Uint8Array>> = {
  'ether-unknown-type': etherFrame({ destination: mac, source: red.mac, etherType: 0x1234 }, udp),
  'ether-other-station': frame4({}, { destination: '02:00:00:00:00:99' }),
  'ip4-truncated': etherFrame({ destination: mac, source: red.mac, etherType: 0x0800 }, new Uint8Array(10)),
  'ip4-bad-header': changed(frame4({}), 14, 0x65),
  'ip4-bad-checksum': changed(frame4({}), 24, 0x77),
  'ip4-bad-length': frame4({}).subarray(0, 40),
  'ip4-martian-source': frame4({ source: '127.0.0.1' }),
  'ip4-martian-destination': frame4({ destination: '240.0.0.1' }),
  'ip4-multicast-not-routed': frame4({ destination: '239.1.2.3' }),
  'ip4-bad-option': frame4({ destination: blue.ip4, options: new Uint8Array([7, 99, 4, 0]) }),
  'ip6-truncated': etherFrame({ destination: mac, source: red.mac, etherType: 0x86dd }, new Uint8Array(10)),
  'ip6-bad-header': changed(frame6({}), 14, 0x40),
  'ip6-bad-length': frame6({}).subarray(0, 60),
  'ip6-martian-source': frame6({ source: 'ff02::1' }),
  'ip6-martian-destination': frame6({ destination: '::1' }),
  'arp-bad-hardware': changed(arp({}), 15, 6),
  'arp-bad-operation': changed(arp({}), 21, 9),
  'arp-bad-sender-mac': arp({ senderMac: parseMac('01:00:5e:00:00:01') }),
  'arp-not-for-us': arp({ target: parseIpv4('10.1.0.200') }),
  'arp-truncated': arp({}).subarray(0, 30),
  'nd-bad-hop-limit': solicitation({ hopLimit: 64 }),
  'nd-not-for-us': solicitation({}, changed(target, 19, 0x99)),
  'icmp6-bad-checksum': changed(solicitation({}), 56, 0x55),
};

for (const [name, frame] of Object.entries(bad)) {
  test(`a frame is dropped as ${name}`, async () => {
    const before = await router.counted(name);
    await sendFrames(red, [frame]);
    await eventually(async () => assert.equal(await router.counted(name), before + 1));
  });
}

test('ten thousand random frames cost nothing but themselves', async () => {
  const random = randomFrom(7);
  const frames = Array.from({ length: 10_000 }, () => {
    const length = 14 + Math.floor(random() * 120);
    const types = [0x0800, 0x86dd, 0x0806];
    const etherType = types[Math.floor(random() * types.length)] ?? 0;
    const seed = random() < 0.5 ? frame4({}).subarray(14) : solicitation({}).subarray(14);
    const bytes = Uint8Array.from({ length }, (_, at) => (random() < 0.9 ? (seed[at] ?? 0) : random() * 256));
    return etherFrame({ destination: mac, source: red.mac, etherType }, bytes);
  });
  await sendFrames(red, frames);
  await assertPings(blue, blue.gateway4);
  await assertPings(blue, blue.gateway6);
  assert.doesNotMatch(router.log, /trapped|a mistake in the router/);
});

function frame4(fields: Partial<Ipv4Fields>, ether: { readonly destination?: string } = {}): Uint8Array {
  const packet = ipv4Packet({ source: red.ip4, destination: blue.ip4, protocol: 17, ...fields }, udp);
  return etherFrame({ destination: mac, source: red.mac, etherType: 0x0800, ...ether }, packet);
}

function frame6(fields: Partial<Ipv6Fields>): Uint8Array {
  const packet = ipv6Packet({ source: red.ip6, destination: blue.ip6, nextHeader: 17, ...fields }, udp);
  return etherFrame({ destination: mac, source: red.mac, etherType: 0x86dd }, packet);
}

function arp(fields: Partial<ArpFields>): Uint8Array {
  const message = arpMessage({
    operation: 'request',
    senderMac: parseMac(red.mac),
    sender: parseIpv4(red.ip4),
    target: parseIpv4(red.gateway4),
    ...fields,
  });
  return etherFrame({ destination: 'ff:ff:ff:ff:ff:ff', source: red.mac, etherType: 0x0806 }, message);
}

function solicitation(fields: Partial<Ipv6Fields>, asked: Uint8Array = target): Uint8Array {
  const ends = { source: red.ip6, destination: red.gateway6 };
  const message = icmpv6Message({ type: 135 }, asked.subarray(4), ends);
  const packet = ipv6Packet({ ...ends, nextHeader: 58, hopLimit: 255, ...fields }, message);
  return etherFrame({ destination: mac, source: red.mac, etherType: 0x86dd }, packet);
}

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  return joinBytes(bytes.subarray(0, at), Uint8Array.of(value), bytes.subarray(at + 1));
}

/** The same numbers in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
