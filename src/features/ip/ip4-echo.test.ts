import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checksum } from '../../net/checksum.ts';
import { icmpMessage, ipv4Packet } from '../../net/frame/build.ts';
import { decodeFrame, decodePacket } from '../../net/frame/decode.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first, second] = topology.links;

describe('an echo request to the router', () => {
  it('comes back from the address it went to', () => {
    const request = echoRequest(first.address4, new Uint8Array(32).fill(7));
    const { sent, ended } = topology.receive(first, request);
    assert.deepEqual(ended, { sent: 1 });
    const [frame] = sent;
    assert.equal(frame?.port, first.port);
    const [ether] = decodeFrame(frame.bytes);
    assert.deepEqual(ether, {
      layer: 'ether',
      destination: first.host.mac,
      source: first.mac,
      etherType: 0x0800,
    });
    const reply = packetIn(frame);
    assert.equal(checksum(reply.subarray(0, 20)), 0);
    assert.equal(checksum(reply.subarray(20)), 0);
    const expected = ipv4Packet(
      {
        source: first.address4,
        destination: first.host.address4,
        protocol: 1,
        tos: 0x48,
        identification: 99,
        dontFragment: true,
      },
      icmpMessage({ type: 0, rest: 0x12340005 }, new Uint8Array(32).fill(7)),
    );
    assert.deepEqual(reply, expected);
  });

  it('is answered from the address of another interface', () => {
    const { sent } = topology.receive(first, echoRequest(second.address4, new Uint8Array(0)));
    const [ip] = decodePacket(packetIn(sent[0]));
    assert.ok(ip?.layer === 'ipv4');
    assert.equal(ip.source, second.address4);
    assert.equal(sent[0]?.port, first.port);
  });

  it('may be long and lie in many buffers', () => {
    const payload = Uint8Array.from({ length: 1400 }, (_, i) => i);
    const request = echoRequest(first.address4, payload);
    for (const segmentBytes of [42, 43, 64, 101, 1000]) {
      const { sent } = topology.receive(first, request, { segmentBytes });
      assert.equal(checksum(packetIn(sent[0]).subarray(20)), 0);
      assert.deepEqual(packetIn(sent[0]).subarray(28), payload);
    }
  });
});

function echoRequest(destination: string, payload: Uint8Array): Uint8Array {
  return ipv4Packet(
    {
      source: first.host.address4,
      destination,
      protocol: 1,
      tos: 0x48,
      identification: 99,
      dontFragment: true,
      ttl: 3,
    },
    icmpMessage({ type: 8, rest: 0x12340005 }, payload),
  );
}
