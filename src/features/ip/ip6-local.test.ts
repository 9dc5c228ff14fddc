import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type IcmpFields,
  icmpv6Message,
  ipv6Fragment,
  ipv6Options,
  ipv6Packet,
  joinBytes,
} from '../../net/frame/build.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first] = topology.links;
const ends = { source: first.host.address6, destination: first.address6 };
const toGroup = { source: first.host.address6, destination: 'ff02::1' };
const groupFrame = { destination: '33:33:00:00:00:01' };
const payload = Uint8Array.from({ length: 24 }, (_, i) => i);

const hopByHop = 0;
const routing = 43;
const fragmentHeader = 44;
const destinationOptions = 60;
const ospf = 89;

describe('ip6-local', () => {
  it('gives a packet to the stage of its protocol, behind any headers', () => {
    topology.take('protocol6', ospf, 'ip-blackhole');
    const skipped = Uint8Array.of(5, 2, 0, 0, 0x1e, 0, 0, 1, 2, 0, 0);
    const chains: readonly (readonly [number, Uint8Array])[] = [
      [ospf, payload],
      [hopByHop, joinBytes(ipv6Options(ospf, skipped), payload)],
      [destinationOptions, joinBytes(ipv6Options(ospf, skipped), payload)],
      [hopByHop, joinBytes(ipv6Options(destinationOptions, skipped), ipv6Options(ospf, skipped), payload)],
      [routing, joinBytes(routingHeader(ospf, { type: 0, segmentsLeft: 0 }), payload)],
      [fragmentHeader, joinBytes(atomicFragment(ospf), payload)],
    ];
    for (const [nextHeader, body] of chains) {
      assert.deepEqual(topology.receive(first, ipv6Packet({ ...ends, nextHeader }, body)).ended, {
        blackhole: 1,
      });
    }
    topology.take('protocol6', ospf, undefined);
  });

  it('points the sender to a protocol that nobody takes', () => {
    const plain = ipv6Packet({ ...ends, nextHeader: ospf }, payload);
    refuses(plain, { code: 1, pointer: 6, drop: 'ip6-unknown-next-header' });
    const behind = ipv6Packet(
      { ...ends, nextHeader: destinationOptions },
      joinBytes(ipv6Options(ospf, new Uint8Array(0)), payload),
    );
    refuses(behind, { code: 1, pointer: 40, drop: 'ip6-unknown-next-header' });
  });

  it('wants hop-by-hop options right behind the IPv6 header', () => {
    const body = joinBytes(ipv6Options(hopByHop, new Uint8Array(0)), ipv6Options(ospf, new Uint8Array(0)));
    const packet = ipv6Packet({ ...ends, nextHeader: destinationOptions }, body);
    refuses(packet, { code: 1, pointer: 40, drop: 'ip6-unknown-next-header' });
  });

  it('refuses to route on what ends here, type 0 and others', () => {
    for (const type of [0, 2, 3, 4, 99]) {
      const body = joinBytes(routingHeader(ospf, { type, segmentsLeft: 1 }), payload);
      const packet = ipv6Packet({ ...ends, nextHeader: routing }, body);
      refuses(packet, { code: 0, pointer: 42, drop: 'ip6-routing-header' });
    }
  });

  it('does with an unknown option what its two highest bits say', () => {
    for (const header of [hopByHop, destinationOptions]) {
      const packet = (option: number, pair = ends) => {
        const options = ipv6Options(ospf, Uint8Array.of(1, 0, option, 0));
        return ipv6Packet({ ...pair, nextHeader: header }, joinBytes(options, payload));
      };
      topology.take('protocol6', ospf, 'ip-blackhole');
      assert.deepEqual(topology.receive(first, packet(0x3f)).ended, { blackhole: 1 });
      topology.take('protocol6', ospf, undefined);
      assert.deepEqual(topology.receive(first, packet(0x7f)).ended, { 'ip6-unknown-option': 1 });
      refuses(packet(0xbf), { code: 2, pointer: 44, drop: 'ip6-unknown-option' });
      refuses(packet(0xff), { code: 2, pointer: 44, drop: 'ip6-unknown-option' });
      const reported = topology.receive(first, packet(0xbf, toGroup), groupFrame);
      assert.deepEqual(reported.ended, { sent: 1, 'ip6-unknown-option': 1 });
      const silent = topology.receive(first, packet(0xff, toGroup), groupFrame);
      assert.deepEqual(silent.ended, { 'ip6-unknown-option': 1 });
    }
  });

  it('drops extension headers and options that are longer than what holds them', () => {
    const option = ipv6Options(ospf, Uint8Array.of(5, 40, 0, 0));
    const lastByte = Uint8Array.of(ospf, 0, 1, 3, 0, 0, 0, 5);
    const tooLong = Uint8Array.of(ospf, 4, 0, 0, 0, 0, 0, 0);
    const tooShort = Uint8Array.of(ospf, 0, 0, 0);
    const cases: readonly (readonly [number, Uint8Array])[] = [
      [hopByHop, option],
      [destinationOptions, lastByte],
      [hopByHop, tooLong],
      [routing, tooLong],
      [destinationOptions, tooShort],
      [fragmentHeader, tooShort],
      [hopByHop, new Uint8Array(0)],
    ];
    for (const [nextHeader, body] of cases) {
      const { ended } = topology.receive(first, ipv6Packet({ ...ends, nextHeader }, body));
      assert.deepEqual(ended, { 'ip6-bad-extension': 1 });
    }
  });

  it('gives fragments to the host, or drops them where there is none', () => {
    for (const part of [
      { offset: 0, more: true },
      { offset: 8, more: false },
    ]) {
      const body = joinBytes(ipv6Fragment({ nextHeader: 58, identification: 1, ...part }), payload);
      const packet = ipv6Packet({ ...ends, nextHeader: fragmentHeader }, body);
      assert.deepEqual(topology.receive(first, packet).ended, { 'ip6-local-fragment': 1 });
      topology.take('protocol6', 0, 'ip-blackhole');
      assert.deepEqual(topology.receive(first, packet).ended, { blackhole: 1 });
      topology.take('protocol6', 0, undefined);
    }
  });

  it('drops a packet with nothing behind its headers', () => {
    const packet = ipv6Packet({ ...ends, nextHeader: 59 }, payload);
    assert.deepEqual(topology.receive(first, packet).ended, { 'ip6-no-next-header': 1 });
  });
});

describe('icmp6-local', () => {
  it('gives a message to the stage of its type, telling where it starts', () => {
    topology.take('icmp6', 133, 'ip-blackhole');
    assert.deepEqual(topology.receive(first, message({ type: 133 })).ended, { blackhole: 1 });
    topology.take('icmp6', 133, undefined);
  });

  it('hands answers and errors to the control thread, whole', () => {
    for (const type of [1, 2, 3, 4, 129]) {
      const { events, ended } = topology.receive(first, message({ type }));
      assert.deepEqual(ended, { punted: 1 });
      assert.equal(events[0]?.stage, 'icmp6-local');
      assert.equal(events[0].iface, first.id);
      assert.deepEqual(events[0].packet, message({ type }));
    }
  });

  it('drops types that nobody takes', () => {
    for (const type of [0, 5, 100, 127, 130, 138, 255]) {
      assert.deepEqual(topology.receive(first, message({ type })).ended, { 'icmp6-unknown-type': 1 });
    }
  });

  it('drops a message cut at any length', () => {
    const whole = icmpv6Message({ type: 128 }, payload, ends);
    for (let length = 0; length < whole.length; length++) {
      const packet = ipv6Packet({ ...ends, nextHeader: 58 }, whole.subarray(0, length));
      const expected = length < 8 ? 'icmp6-truncated' : 'icmp6-bad-checksum';
      assert.deepEqual(topology.receive(first, packet).ended, { [expected]: 1 });
    }
  });

  it('drops a message with any bit wrong', () => {
    const whole = message({ type: 128 });
    for (let bit = 40 * 8; bit < whole.length * 8; bit++) {
      const broken = whole.slice();
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.deepEqual(topology.receive(first, broken).ended, { 'icmp6-bad-checksum': 1 });
    }
  });
});

/** Expects a parameter problem that quotes the packet, and the packet dropped. */
function refuses(
  packet: Uint8Array,
  problem: { readonly code: number; readonly pointer: number; readonly drop: string },
): void {
  const { sent, ended } = topology.receive(first, packet);
  assert.deepEqual(ended, { sent: 1, [problem.drop]: 1 });
  const back = { source: first.address6, destination: first.host.address6 };
  const fields = { type: 4, code: problem.code, rest: problem.pointer };
  assert.deepEqual(
    packetIn(sent[0]),
    ipv6Packet({ ...back, nextHeader: 58 }, icmpv6Message(fields, packet, back)),
  );
}

function routingHeader(
  nextHeader: number,
  fields: { readonly type: number; readonly segmentsLeft: number },
): Uint8Array {
  const header = new Uint8Array(24);
  header.set([nextHeader, 2, fields.type, fields.segmentsLeft]);
  return header;
}

function atomicFragment(nextHeader: number): Uint8Array {
  return ipv6Fragment({ nextHeader, offset: 0, more: false, identification: 7 });
}

function message(fields: IcmpFields): Uint8Array {
  return ipv6Packet({ ...ends, nextHeader: 58 }, icmpv6Message(fields, payload, ends));
}
