import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checksum } from '../../net/checksum.ts';
import { type Ipv4Fields, ipv4Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first, second] = topology.links;

const checksumGood = 1n << 7n;
const checksumBad = 1n << 4n;

describe('ip4-input', () => {
  it('forwards a packet of every length, without its padding', () => {
    for (const length of [0, 1, 7, 18, 100, 1472]) {
      const packet = datagram({}, length);
      const padded = joinBytes(packet, new Uint8Array(Math.max(0, 46 - packet.length)).fill(0xee));
      const { sent, ended } = topology.receive(first, padded);
      assert.deepEqual(ended, { sent: 1 });
      assert.deepEqual(packetIn(sent[0]), forwarded(packet));
    }
  });

  it('takes padding off chained buffers, whole buffers of it too', () => {
    const packet = datagram({}, 100);
    for (const segmentBytes of [40, 64, 71, 128]) {
      for (const padding of [1, 13, 64, 200]) {
        const { sent } = topology.receive(first, joinBytes(packet, new Uint8Array(padding)), {
          segmentBytes,
        });
        assert.deepEqual(packetIn(sent[0]), forwarded(packet), `${segmentBytes} bytes, ${padding} padding`);
      }
    }
  });

  it('drops a packet cut at any length', () => {
    const packet = datagram({ options: Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1) }, 8);
    for (let length = 0; length < packet.length; length++) {
      const expected = length < 28 ? 'ip4-truncated' : 'ip4-bad-length';
      assert.deepEqual(topology.receive(first, packet.subarray(0, length)).ended, dropped(expected));
    }
  });

  it('drops a header that is not of version 4 or shorter than five words', () => {
    for (const byte of [0x05, 0x35, 0x55, 0x75, 0xf5, 0x40, 0x44]) {
      const packet = rewritten(datagram({}, 8), 0, byte);
      const expected = byte >> 4 === 6 ? 'ip6-bad-header' : 'ip4-bad-header';
      assert.deepEqual(topology.receive(first, packet).ended, dropped(expected), byte.toString(16));
    }
  });

  it('drops a header with any bit of its checksum wrong', () => {
    const packet = datagram({ options: Uint8Array.of(1, 1, 1, 0) }, 8);
    for (let bit = 0; bit < 16; bit++) {
      const broken = packet.slice();
      broken[10 + (bit >> 3)] = (broken[10 + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
      assert.deepEqual(topology.receive(first, broken).ended, dropped('ip4-bad-checksum'));
    }
  });

  it('trusts what the port says of the checksum', () => {
    const broken = datagram({}, 8);
    broken[10] = (broken[10] ?? 0) ^ 1;
    assert.deepEqual(topology.receive(first, broken, { olFlags: checksumGood }).ended, { sent: 1 });
    const right = datagram({}, 8);
    assert.deepEqual(
      topology.receive(first, right, { olFlags: checksumBad }).ended,
      dropped('ip4-bad-checksum'),
    );
  });

  it('drops a total length below the header or beyond the frame', () => {
    for (const length of [0, 1, 19, 37, 1000, 65535]) {
      const packet = rewritten16(datagram({}, 8), 2, length);
      assert.deepEqual(topology.receive(first, packet).ended, dropped('ip4-bad-length'), String(length));
    }
  });

  it('drops martian sources', () => {
    for (const source of [
      '0.0.0.0',
      '0.1.2.3',
      '127.0.0.1',
      '127.9.9.9',
      '224.0.0.1',
      '239.1.1.1',
      '240.0.0.1',
    ]) {
      const { ended } = topology.receive(first, datagram({ source }, 8));
      assert.deepEqual(ended, dropped('ip4-martian-source'), source);
    }
    assert.deepEqual(
      topology.receive(first, datagram({ source: '255.255.255.255' }, 8)).ended,
      dropped('ip4-martian-source'),
    );
  });

  it('drops martian destinations', () => {
    for (const destination of ['0.0.0.0', '0.255.0.1', '127.0.0.1', '240.0.0.1', '255.255.255.254']) {
      const { ended } = topology.receive(first, datagram({ destination }, 8));
      assert.deepEqual(ended, dropped('ip4-martian-destination'), destination);
    }
  });

  it('forwards to and from the addresses beside the martian ones', () => {
    topology.route('0.0.0.0/0', topology.neighbor(second));
    for (const address of ['1.0.0.0', '126.255.255.255', '128.0.0.0', '223.255.255.255']) {
      assert.deepEqual(topology.receive(first, datagram({ source: address }, 8)).ended, { sent: 1 });
      assert.deepEqual(topology.receive(first, datagram({ destination: address }, 8)).ended, { sent: 1 });
    }
  });
});

function datagram(fields: Partial<Ipv4Fields>, payloadBytes: number): Uint8Array {
  const ends = { source: first.host.address4, destination: second.host.address4 };
  const payload = Uint8Array.from({ length: payloadBytes }, (_, i) => i);
  return ipv4Packet(
    { ...ends, protocol: 17, ttl: 9, ...fields },
    udpDatagram({ source: 1000, destination: 2000 }, payload),
  );
}

/** The packet as it leaves: one less to live, and the checksum computed anew. */
function forwarded(packet: Uint8Array): Uint8Array {
  return rewritten(packet, 8, (packet[8] ?? 0) - 1);
}

function rewritten(packet: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = packet.slice();
  changed[at] = byte;
  return withChecksum(changed);
}

function rewritten16(packet: Uint8Array, at: number, value: number): Uint8Array {
  const changed = packet.slice();
  new DataView(changed.buffer).setUint16(at, value);
  return withChecksum(changed);
}

function withChecksum(packet: Uint8Array): Uint8Array {
  const view = new DataView(packet.buffer);
  view.setUint16(10, 0);
  view.setUint16(10, checksum(packet.subarray(0, ((packet[0] ?? 0) & 15) * 4 || 20)));
  return packet;
}

function dropped(name: string): Record<string, number> {
  return { [name]: 1 };
}
