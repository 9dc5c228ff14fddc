import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../engine/testing/bench.ts';
import { etherFrame, ipv4Packet, ipv6Packet, udpDatagram } from '../../net/frame/build.ts';
import { decodeFrame } from '../../net/frame/decode.ts';
import { describeLayers } from '../../net/frame/describe.ts';
import { BenchRouter } from '../neighbor/testing/bench-router.ts';
import { LabelCounters } from './label-counters.ts';
import { labelled, MplsBench } from './testing/mpls-bench.ts';

const ends4 = { source: '10.9.9.9', destination: '10.0.2.2' };
const ends6 = { source: '2001:db8:9::9', destination: '2001:db8:2::2' };
const payload = new Uint8Array(8).fill(7);

describe('mpls-receive', () => {
  it('takes labels only from interfaces that are enabled', async () => {
    const bench = await MplsBench.open();
    bench.toVrf(100, 1);
    const [, second] = bench.topology.links;
    const frame = etherFrame(
      { destination: second.mac, source: second.host.mac, etherType: 0x8847 },
      labelled([{ label: 100 }], ipv4()),
    );
    assert.deepEqual(bench.topology.bench.receive(second.port, [frame]).ended, { 'mpls-not-enabled': 1 });
  });
});

describe('mpls-input', () => {
  it('routes what is behind a label in the label’s VRF, by the version of what is there', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    topology.openVrf(5);
    const [, , third] = topology.links;
    topology.route('10.0.2.0/24', topology.neighbor(third), 5);
    bench.toVrf(100, 1);
    bench.toVrf(200, 5);
    assert.deepEqual(sent(bench.receive(labelled([{ label: 100 }], ipv4()))), [
      'port 1: 02:00:00:00:00:02 > 02:00:00:00:01:02 ipv4, 10.9.9.9 > 10.0.2.2 udp ttl 63 length 36, udp 1 > 2 length 16, 8 bytes',
    ]);
    assert.match(
      sent(bench.receive(labelled([{ label: 200 }], ipv4()))).join(),
      /^port 2: .* > 02:00:00:00:01:03 /,
    );
    assert.match(sent(bench.receive(labelled([{ label: 100 }], ipv6()))).join(), /^port 1: .* hop-limit 63 /);
    assert.deepEqual(bench.receive(labelled([{ label: 200 }], ipv6())).ended, { 'ip6-no-route': 1 });
  });

  it('lowers the time to live to that of the label, never raises it', async () => {
    const bench = await MplsBench.open();
    bench.toVrf(100, 1);
    const lives = (label: number, packet: number) =>
      [ipv4(packet), ipv6(packet)].map(
        (each) =>
          /(?:ttl|hop-limit) (\d+)/.exec(
            sent(bench.receive(labelled([{ label: 100, ttl: label }], each))).join(),
          )?.[1],
      );
    assert.deepEqual(lives(20, 64), ['19', '19']);
    assert.deepEqual(lives(64, 20), ['19', '19']);
    assert.deepEqual(lives(255, 255), ['254', '254']);
  });

  it('tells the sender in the VRF that the time to live of its packet has run out', async () => {
    const bench = await MplsBench.open();
    bench.toVrf(100, 1);
    bench.topology.route('10.9.9.0/24', bench.topology.neighbor(bench.topology.links[0]));
    const outcome = bench.receive(labelled([{ label: 100, ttl: 1 }], ipv4()));
    assert.match(sent(outcome).join(), /> 10.9.9.9 icmp .*time exceeded/);
    assert.equal(outcome.ended['ip4-ttl-exceeded'], 1);
  });

  it('takes off several labels of ours; the last one chooses the VRF, the lowest time to live stays', async () => {
    const bench = await MplsBench.open();
    bench.toVrf(100, 1);
    bench.toVrf(200, 5);
    const stack = [{ label: 200, ttl: 9 }, { label: 0 }, { label: 100 }];
    assert.match(sent(bench.receive(labelled(stack, ipv4()))).join(), /^port 1: .* ttl 8 /);
  });

  it('counts packets and bytes by label', async () => {
    const bench = await MplsBench.open();
    const counters = new LabelCounters(new BenchRouter(bench.topology.bench));
    for (const label of [100, 200, 400, 500]) counters.begin(label);
    bench.toVrf(100, 1);
    bench.toVrf(200, 1);
    bench.swap(400, [500], bench.topology.neighbor(bench.topology.links[1]));
    for (const stack of [[{ label: 100 }], [{ label: 200 }, { label: 100 }], [{ label: 400 }]])
      bench.receiveOnce(labelled(stack, ipv4()));
    bench.receiveOnce(labelled([{ label: 400, ttl: 1 }], new Uint8Array(30)));
    assert.deepEqual(counters.of(100), { packets: 2n, bytes: 80n });
    assert.deepEqual(counters.of(200), { packets: 1n, bytes: 44n });
    assert.deepEqual(counters.of(400), { packets: 1n, bytes: 40n });
    assert.deepEqual(counters.of(500), { packets: 0n, bytes: 0n });
    counters.end(100);
    counters.begin(101);
    assert.equal(counters.of(100), undefined);
    assert.deepEqual(counters.of(101), { packets: 0n, bytes: 0n });
  });

  it('takes off explicit nulls, which say what is behind them', async () => {
    const bench = await MplsBench.open();
    const ended = (label: number, packet: Uint8Array) => bench.receive(labelled([{ label }], packet)).ended;
    assert.match(sent(bench.receive(labelled([{ label: 0 }], ipv4()))).join(), /ttl 63/);
    assert.match(sent(bench.receive(labelled([{ label: 2 }], ipv6()))).join(), /hop-limit 63/);
    assert.deepEqual(ended(0, ipv6()), { 'mpls-bad-payload': 1 });
    assert.deepEqual(ended(2, ipv4()), { 'mpls-bad-payload': 1 });
  });

  it('gives what is behind a label straight to a next hop, whatever the routes say', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    bench.toNextHop(300, topology.neighbor(topology.links[2]));
    const toward = (packet: Uint8Array) =>
      sent(bench.receive(labelled([{ label: 300, ttl: 30 }], packet))).join();
    assert.match(toward(ipv4()), /^port 2: .* > 02:00:00:00:01:03 ipv4, 10.9.9.9 > 10.0.2.2 udp ttl 29/);
    assert.match(toward(ipv6()), /^port 2: .* > 02:00:00:00:01:03 ipv6, .* hop-limit 29/);
    assert.match(toward(padded(ipv4())), /length 36, udp 1 > 2 length 16, 8 bytes$/);
    assert.match(toward(padded(ipv6())), /length 16, udp 1 > 2 length 16, 8 bytes$/);
  });

  it('spreads what is behind the label of a group over its members, and puts other labels on', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    const [, second, third] = topology.links;
    const members = [topology.neighbor(second), bench.push({ labels: [700], via: topology.neighbor(third) })];
    bench.toNextHop(300, topology.nextHop({ stage4: 'ip4-group', stage6: 'ip6-group', mtu: 0, members }));
    const flow = (number: number) =>
      ipv4Packet({ source: `10.9.9.${number}`, destination: '192.0.2.1', protocol: 253 }, payload);
    const lines = Array.from({ length: 32 }, (_, number) =>
      sent(bench.receive(labelled([{ label: 300 }], flow(number + 1)))).join(),
    );
    const plain = lines.filter((line) => /^port 1: .* ipv4, 10.9.9.\d+ > 192.0.2.1/.test(line));
    const pushed = lines.filter((line) => /^port 2: .* mpls 700 bottom ttl 63, 10.9.9.\d+ > 192/.test(line));
    assert.equal(plain.length + pushed.length, 32);
    assert.ok(Math.min(plain.length, pushed.length) >= 6, `${plain.length} and ${pushed.length}`);
  });

  it('checks an IP packet that goes straight to a next hop as one from a link', async () => {
    const bench = await MplsBench.open();
    bench.toNextHop(300, bench.topology.neighbor(bench.topology.links[2]));
    bench.swap(400, [500], bench.topology.neighbor(bench.topology.links[1]));
    const ended = (packet: Uint8Array) =>
      Object.keys(bench.receive(labelled([{ label: 300 }], packet)).ended);
    const four = (fields: object) => ipv4Packet({ ...ends4, protocol: 253, ...fields }, payload);
    const six = (fields: object) => ipv6Packet({ ...ends6, nextHeader: 59, ...fields }, payload);
    const cases: readonly [string, Uint8Array][] = [
      ['mpls-truncated', new Uint8Array(0)],
      ['mpls-bad-payload', payload],
      ['ip4-truncated', ipv4().subarray(0, 19)],
      ['ip4-bad-header', changed(ipv4(), 0, 0x44)],
      ['ip4-truncated', changed(ipv4(), 0, 0x4f)],
      ['ip4-bad-checksum', changed(ipv4(), 8, 1)],
      ['ip4-bad-length', ipv4().subarray(0, 30)],
      ['ip4-martian-source', four({ source: '127.0.0.1' })],
      ['ip4-martian-destination', four({ destination: '224.0.0.5' })],
      ['ip6-truncated', ipv6().subarray(0, 39)],
      ['ip6-bad-length', ipv6().subarray(0, 45)],
      ['ip6-martian-source', six({ source: 'ff02::1' })],
      ['ip6-martian-destination', six({ destination: '::1' })],
    ];
    for (const [drop, packet] of cases) assert.deepEqual(ended(packet), [drop]);
  });

  it('sends a packet on with the labels that are left, the time to live lowered', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    bench.toNextHop(300, topology.neighbor(topology.links[2]));
    const through = (ttl: number, inner: number) =>
      sent(
        bench.receive(
          labelled(
            [
              { label: 300, ttl },
              { label: 77, ttl: inner, trafficClass: 3 },
            ],
            ipv4(),
          ),
        ),
      ).join();
    const spent = [
      { label: 300, ttl: 30 },
      { label: 77, ttl: 0 },
    ];
    assert.deepEqual(bench.receive(labelled(spent, ipv4())).ended, { 'mpls-ttl-exceeded': 1 });
    assert.match(
      through(30, 64),
      /^port 2: .* mpls, mpls 77 tc 3 bottom ttl 29, 10.9.9.9 > 10.0.2.2 udp ttl 64/,
    );
    assert.match(through(30, 20), /mpls 77 tc 3 bottom ttl 20/);
  });

  it('swaps a label for others; traffic class and bottom stay, and the time to live is one less', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    const nextHop = topology.neighbor(topology.links[1]);
    bench.swap(400, [500], nextHop);
    bench.swap(401, [500, 501, 502], nextHop);
    const swapped = (labels: Parameters<typeof labelled>[0]) =>
      sent(bench.receive(labelled(labels, ipv4()))).join();
    assert.match(
      swapped([{ label: 400, ttl: 9, trafficClass: 5 }]),
      /^port 1: .* > 02:00:00:00:01:02 mpls, mpls 500 tc 5 bottom ttl 8, 10.9.9.9 > 10.0.2.2 udp ttl 64/,
    );
    assert.match(
      swapped([{ label: 400, ttl: 9 }, { label: 20 }]),
      /mpls 500 ttl 8, mpls 20 bottom ttl 64, 10/,
    );
    assert.match(swapped([{ label: 401 }]), /mpls 500 ttl 63, mpls 501 ttl 63, mpls 502 bottom ttl 63, 10/);
  });

  it('swaps labels of any payload, and of chained buffers', async () => {
    const bench = await MplsBench.open();
    bench.swap(400, [500], bench.topology.neighbor(bench.topology.links[1]));
    const packet = labelled([{ label: 400 }], new Uint8Array(600).fill(9));
    assert.match(sent(bench.receive(packet)).join(), /mpls 500 bottom ttl 63, 600 bytes/);
    assert.match(sent(bench.receive(packet, { segmentBytes: 100 })).join(), /mpls 500 bottom ttl 63/);
  });

  it('drops what has no room left for the labels that it is swapped for', async () => {
    const bench = await MplsBench.open();
    const { topology } = bench;
    let nextHop = topology.neighbor(topology.links[1]);
    for (let more = 0; more < 5; more++)
      nextHop = bench.push({ labels: [20, 21, 22, 23, 24, 25, 26, 27], via: nextHop });
    bench.swap(400, [500, 501, 502], nextHop);
    assert.deepEqual(bench.receive(labelled([{ label: 400 }], ipv4())).ended, { 'mpls-no-headroom': 1 });
  });

  it('lets an interface receive a frame, with and without a control word', async () => {
    const bench = await MplsBench.open();
    const [, second] = bench.topology.links;
    bench.toInterface(600, second.id);
    bench.toInterface(601, second.id, true);
    const frame = etherFrame({ destination: second.mac, source: second.host.mac, etherType: 0x0800 }, ipv4());
    const word = (first: number) => Uint8Array.from([first, 0, 0, 0]);
    const received = (label: number, ...parts: Uint8Array[]) =>
      bench.receive(labelled([{ label }], Buffer.concat(parts)));
    assert.match(sent(received(600, frame)).join(), /ttl 63/);
    assert.match(sent(received(601, word(0), frame)).join(), /ttl 63/);
    assert.deepEqual(received(601, word(0x10), frame).ended, { 'mpls-bad-control-word': 1 });
    assert.deepEqual(received(600, frame.subarray(0, 13)).ended, { 'mpls-truncated': 1 });
    assert.deepEqual(received(601, word(0), frame.subarray(0, 13)).ended, { 'mpls-truncated': 1 });
    assert.deepEqual(bench.receive(labelled([{ label: 600 }, { label: 16 }], frame)).ended, {
      'mpls-not-bottom': 1,
    });
    bench.topology.interfaces.setFlags(second.id, 0);
    assert.deepEqual(received(600, frame).ended, { 'mpls-interface-down': 1 });
  });

  it('drops what no label of ours leads anywhere, under a name for each reason', async () => {
    const bench = await MplsBench.open();
    bench.toVrf(100, 1);
    bench.toNextHop(300, bench.topology.neighbor(bench.topology.links[2]));
    bench.swap(400, [500], bench.topology.neighbor(bench.topology.links[1]));
    const ended = (packet: Uint8Array) => Object.keys(bench.receive(packet).ended);
    const bare = new Uint8Array(0);
    const cases: readonly [string, Uint8Array][] = [
      ['mpls-truncated', bare],
      ['mpls-truncated', Uint8Array.from([0, 6, 0x41])],
      ['mpls-truncated', labelled([{ label: 100 }], bare)],
      ['mpls-no-bottom', labelled([{ label: 100, bottom: false }], bare)],
      ['mpls-no-bottom', labelled([{ label: 100, bottom: false }], Uint8Array.from([1, 2, 3]))],
      ['mpls-no-bottom', labelled([{ label: 300, bottom: false }], bare)],
      ['mpls-no-bottom', labelled([{ label: 400, bottom: false }], bare)],
      ['mpls-no-bottom', labelled([{ label: 400, bottom: false }], Uint8Array.from([1, 2, 3]))],
      [
        'mpls-stack-too-deep',
        labelled(
          Array.from({ length: 9 }, () => ({ label: 100 })),
          ipv4(),
        ),
      ],
      ['mpls-unknown-label', labelled([{ label: 101 }], ipv4())],
      ['mpls-unknown-label', labelled([{ label: 1048575 }], ipv4())],
      ['mpls-unknown-label', labelled([{ label: 100 }, { label: 16 }], ipv4())],
      ['mpls-router-alert', labelled([{ label: 1 }, { label: 100 }], ipv4())],
      ['mpls-reserved-label', labelled([{ label: 3 }], ipv4())],
      ['mpls-reserved-label', labelled([{ label: 15 }], ipv4())],
      ['mpls-ttl-exceeded', labelled([{ label: 100, ttl: 0 }], ipv4())],
      ['mpls-bad-payload', labelled([{ label: 100 }], payload)],
    ];
    for (const [drop, packet] of cases) assert.deepEqual(ended(packet), [drop]);
    assert.match(
      sent(
        bench.receive(
          labelled(
            Array.from({ length: 8 }, () => ({ label: 100 })),
            ipv4(),
          ),
        ),
      ).join(),
      /ttl 63/,
    );
  });

  it('does not believe what the port has said of the outer packet', async () => {
    const bench = await MplsBench.open();
    bench.toVrf(100, 1);
    const good = 1n << 7n;
    const broken = labelled([{ label: 100 }], changed(ipv4(), 10, 1));
    assert.deepEqual(bench.receive(broken, { olFlags: good }).ended, { 'ip4-bad-checksum': 1 });
  });

  it('takes labels of which the context says whose they are like others', async () => {
    const bench = await MplsBench.open();
    bench.toVrf(100, 1);
    assert.match(
      sent(bench.receive(labelled([{ label: 100 }], ipv4()), { etherType: 0x8848 })).join(),
      /ttl 63/,
    );
  });
});

/** The frames that left, each on a line. */
function sent(outcome: Outcome): readonly string[] {
  return outcome.sent.map(({ port, bytes }) => `port ${port}: ${describeLayers(decodeFrame(bytes))}`);
}

function ipv4(ttl = 64): Uint8Array {
  return ipv4Packet({ ...ends4, protocol: 17, ttl }, udpDatagram({ source: 1, destination: 2 }, payload));
}

function ipv6(hopLimit = 64): Uint8Array {
  const datagram = udpDatagram({ source: 1, destination: 2 }, payload);
  return ipv6Packet({ ...ends6, nextHeader: 17, hopLimit }, datagram);
}

function padded(packet: Uint8Array): Uint8Array {
  return Buffer.concat([packet, new Uint8Array(11)]);
}

function changed(packet: Uint8Array, at: number, value: number): Uint8Array {
  const copy = packet.slice();
  copy[at] = value;
  return copy;
}
