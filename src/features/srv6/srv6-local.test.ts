import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { icmpv6Message, ipv4Packet, ipv6Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { onTheWay } from '../ip/testing/on-the-way.ts';
import { packetIn } from '../ip/testing/topology.ts';
import {
  FLAVOR_NEXT_CSID,
  FLAVOR_PSP,
  FLAVOR_USD,
  SID_END,
  SID_END_DT4,
  SID_END_DT6,
  SID_END_DT46,
  SID_END_T,
  SID_END_X,
} from './layout.ts';
import { CUSTOMER, routed, Srv6Bench } from './testing/srv6-bench.ts';

const bench = await Srv6Bench.open();
const { topology } = bench;
const [first, second, third] = topology.links;
const END = '2001:db8:f::1';
const source = first.host.address6;
const next = '2001:db8:e::9';

bench.sid(`${END}/128`, SID_END);
bench.sid('2001:db8:f::2/128', SID_END, { flavors: FLAVOR_PSP });
bench.sid('2001:db8:f::3/128', SID_END, { flavors: FLAVOR_USD });
bench.sid('2001:db8:f::4/128', SID_END_DT4, { vrf: CUSTOMER });
bench.sid('2001:db8:f::6/128', SID_END_DT6, { vrf: CUSTOMER });
bench.sid('2001:db8:f::46/128', SID_END_DT46, { vrf: CUSTOMER });
bench.sid('2001:db8:f::a/128', SID_END_X, { nextHop: topology.neighbor(third) });
bench.sid('2001:db8:f::b/128', SID_END_T, { vrf: CUSTOMER });
bench.sid('2001:db8:f::d/128', SID_END_X, { flavors: FLAVOR_USD, nextHop: topology.neighbor(third) });
bench.sid('2001:db8:f::c/128', 0);
bench.sid('fcbb:bb00:1::/48', SID_END, { flavors: FLAVOR_NEXT_CSID });
topology.route('fcbb:bb00:2::/48', topology.neighbor(second));

describe('a SID with segments left', () => {
  for (const [name, destination, segment, link] of [
    ['end', END, next, second],
    ['end.x', '2001:db8:f::a', next, third],
    ['end.t', '2001:db8:f::b', '2001:db8:c::9', third],
  ] as const) {
    it(`${name} lets a packet go on to the next one`, () => {
      const segments = [destination, segment];
      const packet = routed({ source, destination, segments, left: 1 }, in4());
      const { sent, ended } = topology.receive(first, packet);
      assert.deepEqual(ended, { sent: 1 });
      assert.equal(sent[0]?.port, link.port);
      const after = routed({ source, destination: segment, segments, left: 0, hopLimit: 63 }, in4());
      assert.deepEqual(packetIn(sent[0]), after);
    });
  }

  it('passes options in front of the routing header', () => {
    const segments = [END, next];
    const routing = routed({ source, destination: END, segments, left: 1 }, in4()).subarray(40);
    const options = Uint8Array.of(43, 0, 1, 4, 0, 0, 0, 0);
    const packet = ipv6Packet({ source, destination: END, nextHeader: 60 }, joinBytes(options, routing));
    assert.deepEqual(topology.receive(first, packet).ended, { sent: 1 });
  });

  it('takes the header off for the last one where it is psp', () => {
    const destination = '2001:db8:f::2';
    const segments = [destination, next];
    const { sent } = topology.receive(first, routed({ source, destination, segments, left: 1 }, in4()));
    assert.deepEqual(packetIn(sent[0]), routed({ source, destination: next, hopLimit: 63 }, in4()));
    const three = ['2001:db8:f::1', destination, next];
    const more = routed({ source, destination, segments: three, left: 2 }, in4());
    const after = routed({ source, destination, segments: three, left: 1, hopLimit: 63 }, in4());
    assert.notDeepEqual(packetIn(topology.receive(first, more).sent[0]), after);
  });

  it('takes one from the hop limit where the next one is ours too', () => {
    const segments = [END, '2001:db8:f::46'];
    const packet = routed({ source, destination: END, segments, left: 1 }, in4());
    const { sent } = topology.receive(first, packet);
    assert.equal(sent[0]?.port, third.port);
    assert.deepEqual(packetIn(sent[0]), onTheWay(in4()));
  });

  it('tells the sender when the hop limit is used up', () => {
    const packet = routed({ source, destination: END, segments: [END, next], left: 1, hopLimit: 1 }, in4());
    const { sent, ended } = topology.receive(first, packet);
    assert.deepEqual(ended, { 'ip6-hop-limit-exceeded': 1, sent: 1 });
    assert.deepEqual(errorIn(sent[0]), { type: 3, code: 0, pointer: 0 });
  });

  it('tells the sender what is wrong with the header, and where', () => {
    for (const [fields, pointer] of [
      [{ left: 3 }, 43],
      [{ left: 1, lastEntry: 2 }, 43],
      [{ left: 1, type: 0 }, 42],
    ] as const) {
      const packet = routed({ source, destination: END, segments: [END, next], ...fields }, in4());
      const { sent, ended } = topology.receive(first, packet);
      assert.deepEqual(ended, { 'ip6-routing-header': 1, sent: 1 });
      assert.deepEqual(errorIn(sent[0]), { type: 4, code: 0, pointer });
    }
  });

  it('of a kind that ends tunnels is no way to go on', () => {
    const destination = '2001:db8:f::46';
    const packet = routed({ source, destination, segments: [destination, next], left: 1 }, in4());
    const { sent } = topology.receive(first, packet);
    assert.deepEqual(errorIn(sent[0]), { type: 4, code: 0, pointer: 43 });
  });

  it('drops what would go to no station', () => {
    for (const segment of ['ff02::1', '::', '::1']) {
      const packet = routed({ source, destination: END, segments: [END, segment], left: 1 }, in4());
      assert.deepEqual(topology.receive(first, packet).ended, { 'srv6-bad-segment': 1 });
    }
  });

  it('drops a header that is longer than the packet, or lies in a later buffer', () => {
    const packet = routed({ source, destination: END, segments: [END, next], left: 1 }, new Uint8Array(0));
    const cut = ipv6Packet({ source, destination: END, nextHeader: 43 }, packet.subarray(40, 64));
    assert.deepEqual(topology.receive(first, cut).ended, { 'srv6-bad-header': 1 });
    const whole = routed({ source, destination: END, segments: [END, next], left: 1 }, in4());
    const split = topology.receive(first, whole, { segmentBytes: 70 });
    assert.deepEqual(split.ended, { 'srv6-bad-header': 1 });
  });
});

describe('a SID that ends tunnels', () => {
  for (const [destination, packets] of [
    ['2001:db8:f::4', [in4()]],
    ['2001:db8:f::6', [in6()]],
    ['2001:db8:f::46', [in4(), in6()]],
  ] as const) {
    it(`${destination} takes packets out, and looks them up in its VRF`, () => {
      for (const packet of packets)
        for (const segments of [[], ['2001:db8:e::1', destination]]) {
          const { sent, ended } = topology.receive(first, routed({ source, destination, segments }, packet));
          assert.deepEqual(ended, { sent: 1 });
          assert.equal(sent[0]?.port, third.port);
          assert.deepEqual(packetIn(sent[0]), onTheWay(packet));
        }
    });
  }

  it('refuses what it does not take', () => {
    for (const [destination, packet] of [
      ['2001:db8:f::4', in6()],
      ['2001:db8:f::6', in4()],
    ] as const) {
      const { sent, ended } = topology.receive(first, routed({ source, destination }, packet));
      assert.deepEqual(ended, { 'ip6-segment-upper': 1, sent: 1 });
      assert.deepEqual(errorIn(sent[0]), { type: 4, code: 4, pointer: 40 });
    }
  });

  it('drops what is cut, or of another version than it says', () => {
    const destination = '2001:db8:f::46';
    for (const inner of [in6().subarray(0, 39), in4()]) {
      const packet = routed({ source, destination, nextHeader: 41 }, inner);
      assert.deepEqual(topology.receive(first, packet).ended, { 'srv6-bad-payload': 1 });
    }
  });

  it('takes over what the underlay says of congestion', () => {
    const outer = { source, destination: '2001:db8:f::46', trafficClass: 3 };
    const { sent } = topology.receive(first, routed(outer, in6(2)));
    assert.deepEqual(packetIn(sent[0]), onTheWay(in6(3)));
    assert.deepEqual(topology.receive(first, routed(outer, in6(0))).ended, { 'srv6-congested': 1 });
  });

  it('takes out what lies in several buffers', () => {
    const packet = in6(0, 400);
    const whole = routed({ source, destination: '2001:db8:f::46' }, packet);
    const { sent } = topology.receive(first, whole, { segmentBytes: 120 });
    assert.deepEqual(packetIn(sent[0]), onTheWay(packet));
  });
});

describe('a SID without segments left', () => {
  it('refuses what it carries', () => {
    const packet = routed({ source, destination: END, segments: [END], left: 0 }, in4());
    const { sent } = topology.receive(first, packet);
    assert.deepEqual(errorIn(sent[0]), { type: 4, code: 4, pointer: 64 });
  });

  it('takes an outer header off where it is usd', () => {
    const inner = ipv6Packet(
      { source: '2001:db8:c::9', destination: next, nextHeader: 59 },
      new Uint8Array(8),
    );
    const { sent } = topology.receive(first, routed({ source, destination: '2001:db8:f::3' }, inner));
    assert.equal(sent[0]?.port, second.port);
    assert.deepEqual(packetIn(sent[0]), onTheWay(inner));
  });

  it('sends what was inside to its neighbour where it is end.x with usd', () => {
    for (const inner of [in4(), in6()]) {
      const { sent, ended } = topology.receive(
        first,
        routed({ source, destination: '2001:db8:f::d' }, inner),
      );
      assert.deepEqual(ended, { sent: 1 });
      assert.equal(sent[0]?.port, third.port);
      assert.deepEqual(packetIn(sent[0]), onTheWay(inner));
    }
    const wrong = in4();
    wrong[10] = (wrong[10] ?? 0) ^ 1;
    const { ended } = topology.receive(first, routed({ source, destination: '2001:db8:f::d' }, wrong));
    assert.deepEqual(ended, { 'ip4-bad-checksum': 1 });
  });

  it('gives a ping to those who answer for us', () => {
    topology.take('protocol6', 58, 'neighbor-hold');
    const ends = { source, destination: END };
    const ping = icmpv6Message({ type: 128, code: 0 }, new Uint8Array(8), ends);
    const { ended } = topology.receiveOnce(first, ipv6Packet({ ...ends, nextHeader: 58 }, ping));
    assert.deepEqual(Object.keys(ended), ['punted']);
  });

  it('drops what came in a frame to many, and what it was taken away for', () => {
    const packet = routed({ source, destination: END }, in4());
    const many = topology.receive(first, packet, { destination: '01:00:5e:00:00:01' });
    assert.deepEqual(many.ended, { 'srv6-link-multicast': 1 });
    const gone = topology.receive(first, routed({ source, destination: '2001:db8:f::c' }, in4()));
    assert.deepEqual(gone.ended, { 'srv6-no-sid': 1 });
  });
});

describe('compressed SIDs', () => {
  it('move up by one, with nothing else changed but the hop limit', () => {
    const packet = routed({ source, destination: 'fcbb:bb00:1:2:3::' }, in4());
    const { sent, ended } = topology.receive(first, packet);
    assert.deepEqual(ended, { sent: 1 });
    const after = routed({ source, destination: 'fcbb:bb00:2:3::', hopLimit: 63 }, in4());
    assert.deepEqual(packetIn(sent[0]), after);
  });

  it('move up as often as ours follows ours', () => {
    const packet = routed({ source, destination: 'fcbb:bb00:1:1:1:2::', hopLimit: 9 }, in4());
    const after = routed({ source, destination: 'fcbb:bb00:2::', hopLimit: 6 }, in4());
    assert.deepEqual(packetIn(topology.receive(first, packet).sent[0]), after);
  });

  it('over, the next segment of the header follows', () => {
    const segments = ['fcbb:bb00:1::', next];
    const packet = routed({ source, destination: 'fcbb:bb00:1::', segments, left: 1 }, in4());
    const after = routed({ source, destination: next, segments, left: 0, hopLimit: 63 }, in4());
    assert.deepEqual(packetIn(topology.receive(first, packet).sent[0]), after);
  });

  it('tell the sender when the hop limit is used up', () => {
    const packet = routed({ source, destination: 'fcbb:bb00:1:2::', hopLimit: 1 }, in4());
    assert.deepEqual(errorIn(topology.receive(first, packet).sent[0]), { type: 3, code: 0, pointer: 0 });
  });

  for (const [blockBits, csidBits, before, after] of [
    [16, 32, 'fcaa:1:1:2:2:3:3:0', 'fcaa:2:2:3:3::'],
    [48, 16, 'fcab:0:0:1:2:3:4:5', 'fcab:0:0:2:3:4:5:0'],
    [64, 32, 'fcac:0:0:0:1:1:2:2', 'fcac::2:2:0:0'],
    [32, 80, 'fcad:0:1:1:1:1:1:2', 'fcad:0:2::'],
  ] as const) {
    it(`may have ${csidBits} bits behind a block of ${blockBits}`, () => {
      bench.sid(`${before}/128`, SID_END, { flavors: FLAVOR_NEXT_CSID, blockBits, csidBits });
      topology.route(`${after}/128`, topology.neighbor(second));
      const { sent } = topology.receive(first, routed({ source, destination: before }, in4()));
      assert.deepEqual(packetIn(sent[0]), routed({ source, destination: after, hopLimit: 63 }, in4()));
    });
  }
});

/** What an ICMPv6 error says. */
function errorIn(frame: { readonly bytes: Uint8Array } | undefined) {
  const packet = packetIn(frame);
  const view = new DataView(packet.buffer, packet.byteOffset);
  return { type: view.getUint8(40), code: view.getUint8(41), pointer: view.getUint32(44) };
}

function in4(): Uint8Array {
  const ends = { source: '198.51.100.9', destination: '203.0.113.9' };
  return ipv4Packet({ ...ends, protocol: 17 }, udpDatagram({ source: 5, destination: 7 }, new Uint8Array(8)));
}

function in6(trafficClass = 0, bytes = 8): Uint8Array {
  const ends = { source: '2001:db8:d::9', destination: '2001:db8:c::9' };
  const payload = udpDatagram({ source: 5, destination: 7 }, new Uint8Array(bytes));
  return ipv6Packet({ ...ends, nextHeader: 17, trafficClass }, payload);
}
