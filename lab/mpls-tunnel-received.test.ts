import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksum } from '../src/net/checksum.ts';
import { etherFrame, icmpMessage, ipv4Packet, joinBytes, udpDatagram } from '../src/net/frame/build.ts';
import { eventually } from './eventually.ts';
import type { Host } from './host.ts';
import type { Router } from './router.ts';
import { connect, leadToA, twoCustomers } from './two-customers.ts';
import { startCapture } from './witness/capture.ts';
import { sendFrames } from './witness/frames.ts';
import { assertPings } from './witness/ping.ts';

const pair = await twoCustomers();
const { a, b, red1, red2, blue2, stub } = pair;

test("labels of somebody else's router are taken: with a key, a checksum and a sequence number, and the old UDP port", async () => {
  await connect(pair, 'mplsoudp', 'IPv4');
  await using toRed = await startCapture(red2, red2.device, 'icmp and src net 10.77.0.0/16');
  const frames = [
    outer(47, gre([0xb0, 0, 0x88, 0x47, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 1], labelled('10.77.0.1', red2))),
    outer(17, udpDatagram({ source: 50000, destination: 6635 }, labelled('10.77.0.2', red2))),
    outer(17, udpDatagram({ source: 50000, destination: 51234 }, labelled('10.77.0.3', red2))),
  ];
  await sendFrames(
    stub,
    frames.map((packet) => toRouter(packet)),
  );
  await eventually(async () => {
    const seen = await toRed.dissected('icmp.type == 8', ['ip.src']);
    assert.deepEqual([...seen].sort(), ['10.77.0.1', '10.77.0.2', '10.77.0.3']);
  });
  assert.deepEqual(await toRed.faulty(), []);
});

test('customers cannot choose other VRFs by labels, and GRE without labels is for the host', async () => {
  await connect(pair, 'mplsoudp', 'IPv4');
  await using toBlue = await startCapture(blue2, blue2.device, 'src net 10.77.0.0/16');
  const before = await b.counted('mpls-tunnel-foreign-vrf');
  const udp = udpDatagram({ source: 50000, destination: 6635 }, labelled('10.77.0.4', blue2, 200));
  const ends = { source: red2.ip4, destination: red2.gateway4 };
  await sendFrames(red2, [
    toRouter(ipv4Packet({ ...ends, protocol: 17 }, udp), red2, await macOf(b, 'red2')),
  ]);
  await eventually(async () => assert.equal(await b.counted('mpls-tunnel-foreign-vrf'), before + 1));
  assert.deepEqual(await toBlue.lines(), []);
  const delivered = await b.counted('host-deliver');
  const plain = ipv4Packet({ source: '10.77.0.5', destination: red2.ip4, protocol: 253 }, new Uint8Array(8));
  await sendFrames(stub, [toRouter(outer(47, Uint8Array.of(0, 0, 8, 0, ...plain)))]);
  await eventually(async () => assert.ok((await b.counted('host-deliver')) > delivered));
});

test('frames of a bridge cross both kinds of tunnel by a pseudowire', async () => {
  for (const [router, own, theirs, place] of [
    [a, 601, 600, 1],
    [b, 600, 601, 2],
  ] as const) {
    await router.ctl(`
      nexthop add mpls label ${theirs} via 1000 id 1600
      interface add bridge br0
      interface add pseudowire pw0 nexthop 1600 domain br0
      label add ${own} iface pw0
      address add 10.70.0.${place}/24 iface br0
      address add fd00:70::${place}/64 iface br0
    `);
  }
  for (const kind of ['mplsoudp', 'mplsogre'] as const) {
    await connect(pair, kind, 'IPv4');
    await using onCore = await startCapture(b.namespace, 'v-core');
    for (const address of ['10.70.0.2', 'fd00:70::2']) {
      await eventually(async () => {
        assert.match(await a.ctl(`ping ${address} count 3 delay 20`), / 3 received/);
      });
    }
    const seen = await onCore.dissected('mpls', ['mpls.label']);
    assert.ok(seen.length >= 6, `${seen.length} frames`);
    assert.deepEqual([...new Set(seen)], ['600']);
  }
  for (const router of [a, b]) await router.ctl('interface del pw0\ninterface del br0\nnexthop del 1600');
});

test('a router without tunnels takes labels out of them, as soon as one means something', async () => {
  await b.ctl(`
    route del 10.1.0.0/24 vrf red\nroute del fd00:1::/64 vrf red
    route del 10.1.0.0/24 vrf blue\nroute del fd00:1::/64 vrf blue
    nexthop del 1100\nnexthop del 1200\nnexthop del 1000
  `);
  await using toRed = await startCapture(red2, red2.device, 'icmp[0] = 8');
  await sendFrames(stub, [
    toRouter(outer(17, udpDatagram({ source: 50000, destination: 6635 }, labelled('10.77.0.6', red2)))),
  ]);
  await eventually(async () => assert.equal((await toRed.lines('src host 10.77.0.6')).length, 1));
  await b.ctl('label del 100\nlabel del 200');
  const before = await b.counted('host-deliver');
  await sendFrames(stub, [
    toRouter(outer(17, udpDatagram({ source: 50000, destination: 6635 }, labelled('10.77.0.7', red2)))),
  ]);
  await eventually(async () => assert.ok((await b.counted('host-deliver')) > before));
  await leadToA(b);
});

test('the choice of encapsulation, what is refused, and events say why and what', async () => {
  const made = await a.list(
    'nexthop add mpls-tunnel remote 10.50.0.9 encap vxlan,mplsogre,mplsoudp offers mplsoudp,mplsogre',
  );
  assert.equal(made[0]?.encap, 'mplsogre');
  await a.ctl(`nexthop del ${made[0]?.id}`);
  await using events = a.watch('events', 'replay', '10', 'type', 'nh new');
  await events.said(/nh new: type=mplsogre .*remote=10.50.0.9 local=10.9.0.1 mtu=1476/);
  for (const [line, error] of [
    ['nexthop add mpls-tunnel remote 10.50.0.9 encap vxlan', /EPROTONOSUPPORT/],
    ['nexthop add mplsoudp remote 10.9.0.1', /\(EINVAL\).*which is ours on core/s],
    ['nexthop add mplsoudp remote 10.9.0.9 local fd00:9::1', /\(EINVAL\)/],
    ['nexthop add mplsoudp remote 10.9.0.9 local 10.1.0.1', /\(EADDRNOTAVAIL\)/],
    ['nexthop add mplsoudp remote 10.9.0.9 vrf nowhere', /\(ENODEV\)/],
  ] as const) {
    const { status, stderr } = await a.attempt(line);
    assert.notEqual(status, 0, line);
    assert.match(stderr, error);
  }
  await a.ctl('interface add vrf under\nnexthop add mplsoudp remote 10.9.0.9 vrf under id 77');
  assert.match((await a.attempt('interface del under')).stderr, /\(EBUSY\).*next hop 77 /s);
  await a.ctl('nexthop del 77\ninterface del under');
});

test('tunnels count what they send', async () => {
  await connect(pair, 'mplsoudp', 'IPv4');
  const before = await sentBy(a);
  await assertPings(red1, red2.ip4, '-c 5 -s 500');
  const after = await sentBy(a);
  const packets = after.packets - before.packets;
  assert.ok(packets >= 5, `${packets} packets`);
  assert.equal(after.bytes - before.bytes, packets * (500 + 28 + 32));
});
async function sentBy(router: Router) {
  const found = (await router.list('mpls-tunnel')).find(({ id }) => id === 1000);
  return { packets: Number(found?.tx_packets), bytes: Number(found?.tx_bytes) };
}

/** A ping to a host with B's label of the VRF in front. */
function labelled(source: string, { ip4 }: Host, label = 100): Uint8Array {
  const entry = new Uint8Array(4);
  new DataView(entry.buffer).setUint32(0, (label << 12) | 0x100 | 64);
  const ping = icmpMessage({ type: 8 }, new Uint8Array(16));
  return joinBytes(entry, ipv4Packet({ source, destination: ip4, protocol: 1 }, ping));
}

function gre(header: readonly number[], payload: Uint8Array): Uint8Array {
  const whole = Uint8Array.of(...header, ...payload);
  new DataView(whole.buffer).setUint16(4, checksum(whole));
  return whole;
}

function outer(protocol: number, payload: Uint8Array): Uint8Array {
  return ipv4Packet({ source: stub.ip4, destination: stub.gateway4, protocol }, payload);
}

const stubMac = await macOf(b, 'stub');

function toRouter(packet: Uint8Array, from: Host = stub, destination = stubMac): Uint8Array {
  return etherFrame({ destination, source: from.mac, etherType: 0x0800 }, packet);
}

async function macOf(router: Router, name: string): Promise<string> {
  const [found] = await router.list(`interface show name ${name}`);
  return String(found?.mac);
}
