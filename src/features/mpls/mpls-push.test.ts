import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../engine/testing/bench.ts';
import { etherFrame, ipv4Packet, ipv6Packet, udpDatagram } from '../../net/frame/build.ts';
import { decodeFrame, decodePacket } from '../../net/frame/decode.ts';
import { describeLayers } from '../../net/frame/describe.ts';
import { forwarding, packetIn } from '../ip/testing/topology.ts';
import { NEXT_HOP_CONNECTED, NEXT_HOP_FAILED } from '../neighbor/layout.ts';
import { labelled, MplsBench } from './testing/mpls-bench.ts';

const ends4 = { source: '10.0.1.2', destination: '192.0.2.1' };
const ends6 = { source: '2001:db8:1::2', destination: '2001:db8:99::1' };

describe('mpls-push', () => {
  it('puts a label in front of what is routed to its next hop, with what is left of the time to live and the class', async () => {
    const { bench, send } = await open({ labels: [100] });
    assert.deepEqual(lines(send(ipv4({ tos: 0xb8 }))), [
      'port 1: 02:00:00:00:00:02 > 02:00:00:00:01:02 mpls, mpls 100 tc 5 bottom ttl 63, ' +
        '10.0.1.2 > 192.0.2.1 udp ttl 63 length 36, udp 1 > 2 length 16, 8 bytes',
    ]);
    assert.match(
      lines(send(ipv6({ trafficClass: 0xb8 }))).join(),
      /mpls 100 tc 5 bottom ttl 63, .* hop-limit 63/,
    );
    assert.match(lines(send(ipv6({}))).join(), /mpls 100 bottom ttl 63, /);
    assert.equal(bench.topology.bench.buffersOut, 0);
  });

  it('puts up to eight labels in front, the outermost first', async () => {
    const { send } = await open({ labels: [20, 21, 22, 23, 24, 25, 26, 1048575] });
    assert.match(
      lines(send(ipv4({}))).join(),
      /mpls 20 ttl 63, mpls 21 .* mpls 26 ttl 63, mpls 1048575 bottom ttl 63, 10/,
    );
  });

  it('gives all packets the time to live and the class that the next hop says', async () => {
    const { send } = await open({ labels: [100, 101], ttl: 255, trafficClass: 2 });
    assert.match(
      lines(send(ipv4({ tos: 0xb8 }))).join(),
      /mpls 100 tc 2 ttl 255, mpls 101 tc 2 bottom ttl 255, .* ttl 63/,
    );
  });

  it('puts labels in front of labels: by way of one next hop to another', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    const outer = bench.push({ labels: [16], via: topology.neighbor(topology.links[1]) });
    topology.route('192.0.2.0/24', bench.push({ labels: [100], via: outer }));
    const sent = topology.receive(topology.links[0], ipv4({ tos: 0xe0 }));
    assert.match(lines(sent).join(), /mpls 16 tc 7 ttl 63, mpls 100 tc 7 bottom ttl 63, 10/);
    bench.swap(300, [301], outer);
    const swapped = bench.receive(labelled([{ label: 300, ttl: 9, trafficClass: 3 }], ipv4({})));
    assert.match(lines(swapped).join(), /mpls 16 tc 3 ttl 8, mpls 301 tc 3 bottom ttl 8, 10/);
  });

  it('fragments, or refuses, what does not fit with its labels', async () => {
    const { send } = await open({ labels: [100], mtu: 1000 });
    const long = ipv4({}, 1400);
    const fragments = send(long).sent.map(({ bytes }) => bytes.length);
    assert.ok(fragments.length === 2 && fragments.every((bytes) => bytes <= 14 + 4 + 1000), fragments.join());
    const told = send(ipv4({ dontFragment: true }, 1400));
    assert.match(describeLayers(decodePacket(packetIn(told.sent[0]))), /fragmentation needed mtu 1000/);
    assert.match(
      describeLayers(decodePacket(packetIn(send(ipv6({}, 1400)).sent[0]))),
      /packet too big mtu 1000/,
    );
  });

  it('finishes a checksum that the sender left to the hardware', async () => {
    const { bench, topology } = await open({ labels: [100] });
    const none = (1n << 3n) | (1n << 8n); // both verdicts: the data are good, the checksum is missing
    const right = ipv4({}, 8, true);
    const unfinished = right.slice();
    unfinished.fill(0, 26, 28);
    const outcome = topology.receive(topology.links[0], unfinished, { olFlags: none });
    assert.deepEqual(outcome.sent[0]?.bytes.slice(14 + 4 + 20), right.slice(20));
    assert.ok(bench);
  });

  it('drops what has no room for the labels', async () => {
    const { bench, topology } = await open({ labels: [100] });
    const fields = { nextHop: bench.push({ labels: [1000, 1001], via: 1 }), etherType: 0x0008 };
    // The control thread leaves as much headroom as ports do: what was pushed before has used it up.
    const deep = Array.from({ length: 6 }).reduce<number>(
      (via) => bench.push({ labels: [16, 17, 18, 19, 20, 21], via }),
      topology.neighbor(topology.links[1]),
    );
    const outcome = topology.bench.inject('mpls-push', ipv4({}), { ...fields, nextHop: deep });
    assert.deepEqual(outcome.ended, { 'mpls-no-headroom': 1 });
    assert.equal(topology.bench.buffersOut, 0);
  });

  it('tells the sender of an IP packet that the neighbour does not answer', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    const failed = topology.nextHop({ ...forwarding, link: topology.links[1], flags: NEXT_HOP_FAILED });
    const nextHop = bench.push({ labels: [100], via: failed });
    topology.route('192.0.2.0/24', nextHop);
    topology.route('2001:db8:99::/48', nextHop);
    assert.equal(topology.receive(topology.links[0], ipv4({})).ended['ip4-host-unreachable'], 1);
    assert.equal(topology.receive(topology.links[0], ipv6({})).ended['ip6-host-unreachable'], 1);
  });
});

describe('pseudowire-output', () => {
  const frame = etherFrame(
    { destination: '02:00:00:00:03:01', source: '02:00:00:00:03:02', etherType: 0x0800 },
    ipv4({}),
  );

  it('sends frames with the labels of its next hop, and a control word where it is to', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    const nextHop = bench.push({ labels: [600], via: topology.neighbor(topology.links[1]) });
    const send = () =>
      topology.bench.inject('frame-output', frame, { output: 9 }).sent[0]?.bytes ?? new Uint8Array(0);
    bench.pseudowire(9, nextHop);
    assert.match(describeLayers(decodeFrame(send())), /> 02:00:00:00:01:02 mpls, mpls 600 bottom ttl 255, /);
    assert.deepEqual(send().subarray(18), frame);
    bench.pseudowire(9, nextHop, true);
    assert.deepEqual(send().subarray(18), Uint8Array.from([0, 0, 0, 0, ...frame]));
    assert.equal(topology.bench.buffersOut, 0);
  });

  it('drops frames that cannot go on, under a name for each reason', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    const ended = (bytes = frame) => topology.bench.inject('frame-output', bytes, { output: 9 }).ended;
    bench.pseudowire(9, 0);
    assert.deepEqual(ended(), { 'mpls-no-next-hop': 1 });
    bench.pseudowire(9, bench.push({ labels: [600], via: topology.neighbor(topology.links[1]) }));
    const long = etherFrame(
      { destination: '02:00:00:00:03:01', source: '02:00:00:00:03:02', etherType: 0x0800 },
      ipv4({}, 1460),
    );
    assert.deepEqual(ended(long), { 'mpls-too-big': 1 });
    const failed = topology.nextHop({ ...forwarding, link: topology.links[1], flags: NEXT_HOP_FAILED });
    bench.pseudowire(9, bench.push({ labels: [600], via: failed }));
    assert.deepEqual(ended(), { 'mpls-host-unreachable': 1 });
    topology.interfaces.setFlags(9, 0);
    assert.deepEqual(ended(), { 'output-down': 1 });
    assert.equal(topology.bench.buffersOut, 0);
  });
});

describe('mpls-output', () => {
  it('lets packets wait for their neighbour, with their labels', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    const waiting = topology.nextHop({ ...forwarding, link: topology.links[1] });
    topology.route('192.0.2.0/24', bench.push({ labels: [100], via: waiting }));
    const { ended, events } = topology.receive(topology.links[0], ipv4({}));
    assert.deepEqual(ended, { punted: 1 });
    const [event] = events;
    assert.equal(event?.stage, 'neighbor-hold');
    const view = new DataView(event.data.buffer, event.data.byteOffset);
    assert.deepEqual([view.getUint32(0, true), view.getUint16(4, true)], [waiting, 0x4788]);
    const fields = { etherType: 0x4788, nextHop: topology.neighbor(topology.links[1]) };
    const released = topology.bench.inject('mpls-output', event.packet ?? new Uint8Array(0), fields);
    assert.match(lines(released).join(), /> 02:00:00:00:01:02 mpls, mpls 100 bottom ttl 63, 10.0.1.2/);
  });

  it('drops what cannot go on, under a name for each reason', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    const [, link] = topology.links;
    const nextHops: Record<string, number> = {
      'mpls-host-unreachable': topology.nextHop({ ...forwarding, link, flags: NEXT_HOP_FAILED }),
      'mpls-no-next-hop': topology.nextHop({ ...forwarding, link, flags: NEXT_HOP_CONNECTED }),
      'mpls-too-big': topology.neighbor(link, { mtu: 30 }),
    };
    for (const [drop, nextHop] of Object.entries(nextHops)) {
      bench.swap(400, [500], nextHop);
      assert.deepEqual(bench.receive(labelled([{ label: 400 }], ipv4({}))).ended, { [drop]: 1 });
    }
    bench.swap(400, [500], 0);
    assert.deepEqual(bench.receive(labelled([{ label: 400 }], ipv4({}))).ended, { 'mpls-no-next-hop': 1 });
  });

  it('spreads flows over the members of a group by what is behind the labels', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    const members = [topology.neighbor(topology.links[1]), topology.neighbor(topology.links[2])];
    const group = topology.nextHop({ stage4: 'ip4-group', stage6: 'ip6-group', mtu: 0, members });
    bench.swap(400, [500], group);
    const taken = (packet: Uint8Array) => bench.receive(labelled([{ label: 400 }], packet)).sent[0]?.port;
    const flows = Array.from({ length: 32 }, (_, flow) => [
      ipv4({ source: `10.0.1.${flow + 2}` }),
      ipv6({ source: `2001:db8:1::${flow + 2}` }),
      Uint8Array.from({ length: 60 }, (_, at) => (at < 4 ? 0 : flow)),
    ]);
    for (const kind of [0, 1, 2]) {
      const ports = flows.map((flow) => taken(flow[kind] ?? new Uint8Array(0)));
      assert.deepEqual(new Set(ports), new Set([1, 2]));
      assert.deepEqual(
        ports,
        flows.map((flow) => taken(flow[kind] ?? new Uint8Array(0))),
      );
    }
    assert.ok(taken(new Uint8Array(3)) !== undefined);
    const empty = topology.nextHop({ stage4: 'ip4-group', stage6: 'ip6-group', mtu: 0 });
    bench.swap(400, [500], empty);
    assert.deepEqual(bench.receive(labelled([{ label: 400 }], ipv4({}))).ended, { 'mpls-no-next-hop': 1 });
  });
});

/** The bench with one next hop that pushes labels on the way to the second host, and routes of both families to it. */
async function open(stack: {
  readonly labels: readonly number[];
  readonly ttl?: number;
  readonly trafficClass?: number;
  readonly mtu?: number;
}) {
  const bench = await MplsBench.open();
  const { topology } = bench;
  const nextHop = bench.push({ ...stack, via: topology.neighbor(topology.links[1]) });
  topology.route('192.0.2.0/24', nextHop);
  topology.route('2001:db8:99::/48', nextHop);
  return { bench, topology, send: (packet: Uint8Array) => topology.receive(topology.links[0], packet) };
}

function lines(outcome: Outcome): readonly string[] {
  return outcome.sent.map(({ port, bytes }) => `port ${port}: ${describeLayers(decodeFrame(bytes))}`);
}

function ipv4(fields: Partial<Parameters<typeof ipv4Packet>[0]>, bytes = 8, summed = false): Uint8Array {
  const datagram = udpDatagram(
    { source: 1, destination: 2 },
    new Uint8Array(bytes).fill(7),
    summed ? ends4 : undefined,
  );
  return ipv4Packet({ ...ends4, protocol: 17, ...fields }, datagram);
}

function ipv6(fields: Partial<Parameters<typeof ipv6Packet>[0]>, bytes = 8): Uint8Array {
  const datagram = udpDatagram({ source: 1, destination: 2 }, new Uint8Array(bytes).fill(7));
  return ipv6Packet({ ...ends6, nextHeader: 17, ...fields }, datagram);
}
