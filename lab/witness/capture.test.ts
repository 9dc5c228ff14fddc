import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { etherFrame, ipv4Packet, tcpSegment } from '../../src/net/frame/build.ts';
import { Program } from '../program.ts';
import { Capture } from './capture.ts';
import { pcapFile } from './pcap-file.ts';

const ends = { source: '10.1.0.1', destination: '10.1.0.2' };
const macs = { source: '02:00:00:00:00:01', destination: '02:00:00:00:00:02', etherType: 0x0800 };

test('what a stream carries is not called malformed, a wrong checksum is', async () => {
  // 30 bytes that are no message of DNS.
  const payload = new Uint8Array(32).fill(0xff).fill(0, 0, 1).fill(30, 1, 2);
  const [right, other] = [40_000, 40_001].map((port) =>
    tcpSegment({ source: 53, destination: port }, payload, ends),
  );
  assert.ok(right && other);
  const wrong = other.with(16, Number(other[16]) ^ 1);
  await using capture = recorded([right, wrong]);
  assert.equal((await capture.dissected('_ws.malformed')).length, 1);
  const faulty = await capture.faulty();
  assert.equal(faulty.length, 1);
  assert.match(String(faulty[0]), /^ +2 /);
});

function recorded(segments: readonly Uint8Array[]): Capture {
  const file = join(tmpdir(), `recorded-${process.pid}.pcap`);
  const packets = segments.map((segment) => ipv4Packet({ ...ends, protocol: 6 }, segment));
  writeFileSync(file, pcapFile(packets.map((packet) => etherFrame(macs, packet))));
  return new Capture(new Program(['true']), file);
}
