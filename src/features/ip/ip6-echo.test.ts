import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  icmpv6Message,
  ipv6Options,
  ipv6Packet,
  joinBytes,
  transportChecksum,
} from '../../net/frame/build.ts';
import { decodeFrame } from '../../net/frame/decode.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first, second] = topology.links;
const payload = new Uint8Array(32).fill(7);

describe('an ICMPv6 echo request to the router', () => {
  it('comes back from the address it went to', () => {
    const { sent, ended } = topology.receive(first, echoRequest({ destination: first.address6 }));
    assert.deepEqual(ended, { sent: 1 });
    assert.equal(sent[0]?.port, first.port);
    assert.deepEqual(decodeFrame(sent[0].bytes)[0], {
      layer: 'ether',
      destination: first.host.mac,
      source: first.mac,
      etherType: 0x86dd,
    });
    assert.deepEqual(packetIn(sent[0]), echoReply(first.address6, first.host.address6));
  });

  it('is answered from the address of another interface', () => {
    const { sent } = topology.receive(first, echoRequest({ destination: second.address6 }));
    assert.deepEqual(packetIn(sent[0]), echoReply(second.address6, first.host.address6));
  });

  it('is answered without its extension headers', () => {
    const options = Uint8Array.of(5, 2, 0, 0, 0x3e, 1, 7, 0, 0, 0, 0, 0, 0, 0);
    const ends = { source: first.host.address6, destination: first.address6 };
    const message = icmpv6Message({ type: 128, rest: 0x12340005 }, payload, ends);
    const body = joinBytes(ipv6Options(60, options), ipv6Options(58, new Uint8Array(0)), message);
    const { sent } = topology.receive(
      first,
      ipv6Packet({ ...ends, nextHeader: 0, trafficClass: 0x48 }, body),
    );
    assert.deepEqual(packetIn(sent[0]), echoReply(first.address6, first.host.address6));
  });

  it('to all nodes of the link is answered from the address of its interface', () => {
    const { sent } = topology.receive(first, echoRequest({ destination: 'ff02::1' }), {
      destination: '33:33:00:00:00:01',
    });
    assert.deepEqual(packetIn(sent[0]), echoReply(first.address6, first.host.address6));
  });

  it('from a link-local address is answered over the link it came from', () => {
    const source = 'fe80::99';
    const { events, ended } = topology.receive(first, echoRequest({ source, destination: first.linkLocal }));
    assert.deepEqual(ended, { punted: 1 });
    assert.equal(events[0]?.stage, 'neighbor-hold');
    assert.deepEqual(events[0].packet, echoReply(first.linkLocal, source));
  });

  it('from no address is not answered', () => {
    const request = echoRequest({ source: '::', destination: 'ff02::1' });
    assert.deepEqual(topology.receive(first, request).ended, { 'icmp6-unanswerable': 1 });
  });

  it('to a group is not answered by an interface without an address', () => {
    const record = topology.bench.region('INTERFACE_RESTS') + second.id * 64;
    const memory = new Uint8Array(topology.bench.memory.buffer);
    const address = memory.slice(record, record + 16);
    memory.fill(0, record, record + 16);
    const request = echoRequest({ destination: 'ff02::1' });
    assert.deepEqual(topology.receive(second, request).ended, { 'icmp6-unanswerable': 1 });
    memory.set(address, record);
  });

  it('may be long and lie in many buffers', () => {
    const long = Uint8Array.from({ length: 1400 }, (_, i) => i);
    const request = echoRequest({ destination: first.address6, payload: long });
    for (const segmentBytes of [62, 63, 64, 101, 1000]) {
      const { sent } = topology.receive(first, request, { segmentBytes });
      const reply = packetIn(sent[0]);
      const ends = { source: first.address6, destination: first.host.address6 };
      assert.equal(transportChecksum(ends, 58, reply.subarray(40)), 0);
      assert.deepEqual(reply.subarray(48), long);
    }
  });
});

function echoRequest(fields: {
  readonly source?: string;
  readonly destination: string;
  readonly payload?: Uint8Array;
}): Uint8Array {
  const ends = { source: fields.source ?? first.host.address6, destination: fields.destination };
  const message = icmpv6Message({ type: 128, rest: 0x12340005 }, fields.payload ?? payload, ends);
  return ipv6Packet({ ...ends, nextHeader: 58, hopLimit: 3, trafficClass: 0x48 }, message);
}

function echoReply(source: string, destination: string): Uint8Array {
  const ends = { source, destination };
  const message = icmpv6Message({ type: 129, rest: 0x12340005 }, payload, ends);
  return ipv6Packet({ ...ends, nextHeader: 58, hopLimit: 64, trafficClass: 0x48 }, message);
}
