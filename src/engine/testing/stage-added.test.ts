import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { packetPath } from '../../programs/vrouter/packet-path.ts';
import { TraceReader } from '../host/telemetry/trace-reader.ts';
import { MODE_TRACE } from '../layout.ts';
import { Bench } from './bench.ts';

// A stage that exists only here: one file, and one line in the list of stages. It takes experimental ethertype
// 0x88b5 (IEEE 802 clause 9.2.3), sends what is longer than 100 bytes back, and traps on what begins with 0xff.

const buildFolder = fileURLToPath(new URL('../../../build', import.meta.url));
const folder = join(buildFolder, 'test-stages/datapath');
const stageSource = `
import { Packet } from '../../../src/engine/datapath/packet';

export enum Edge {
  FRAME_OUTPUT,
  CONSUMED,
  /** The packet is shorter than the test wants. */
  DROP_TEST_TOO_SHORT,
}

/** Sends experimental packets back to where they came from. */
export function testEcho(packet: Packet): u32 {
  if (load<u8>(packet.data) == 0xff) unreachable();
  if (load<u8>(packet.data) == 0xfe) return Edge.CONSUMED;
  if (packet.pktLen < 100) return Edge.DROP_TEST_TOO_SHORT;
  packet.prepend(14);
  packet.output = packet.iface;
  return Edge.FRAME_OUTPUT;
}
`;

let bench: Bench;

before(async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'test-echo.ts'), stageSource);
  const stages = [...packetPath.stages, '../build/test-stages/datapath/test-echo'];
  bench = await Bench.open({ ...packetPath, stages }, buildFolder);
  const flags = 1 | 4; // up, traced
  const control = bench.control.exports as {
    setInterface(...fields: number[]): void;
    setInterfaceMac(...fields: number[]): void;
  };
  const [input, output] = [bench.node('ether-input'), bench.node('port-tx')];
  control.setInterface(1, flags, 1, 1500, 0, input, output, 0);
  control.setInterfaceMac(1, 0x02000000, 0x0001);
  bench.view.setUint16(bench.region('PORT_INTERFACES'), 1, true);
  bench.view.setUint16(bench.region('ETHER_TYPES') + 0xb588 * 2, bench.node('test-echo'), true);
});

test('the stage is in the graph with its edges and their documentation', () => {
  const node = bench.datapath.info.graph.nodes[bench.node('test-echo')];
  assert.equal(node?.doc, 'Sends experimental packets back to where they came from.');
  const leadsTo = node?.edges.map((id) => bench.datapath.info.graph.nodes[id]?.name);
  assert.deepEqual(leadsTo, ['frame-output', 'consumed', 'test-too-short']);
  const drop = bench.datapath.info.graph.nodes[bench.node('test-too-short')];
  assert.deepEqual([drop?.kind, drop?.doc], ['drop', 'The packet is shorter than the test wants.']);
});

test('packets take it, are counted at it, and are dropped under its names', () => {
  const before = bench.stagePackets('test-echo');
  const { sent, ended } = bench.receive(0, [frame(0, 200), frame(0, 50), frame(0xfe, 200)]);
  assert.deepEqual(ended, { sent: 1, consumed: 1, 'test-too-short': 1 });
  assert.equal(sent[0]?.bytes.length, 214);
  assert.equal(bench.stagePackets('test-echo') - before, 3);
  assert.equal(bench.buffersOut, 0);
});

test('its decisions are in the trace', () => {
  const reader = new TraceReader({ view: bench.view, info: bench.datapath.info });
  reader.clear();
  bench.mode = MODE_TRACE;
  bench.receive(0, [frame(0, 200)]);
  bench.mode = 0;
  const names = reader.take().map(({ stage }) => bench.datapath.info.graph.nodes[stage]?.name);
  assert.deepEqual(names, ['port-rx', 'ether-input', 'test-echo', 'frame-output', 'port-tx']);
});

test('a trap costs its burst and nothing else, in the fast way and stage by stage', () => {
  for (const mode of [0, MODE_TRACE]) {
    bench.mode = mode;
    assert.throws(
      () => bench.receive(0, [frame(0, 200), frame(0xff, 200), frame(0, 200)]),
      WebAssembly.RuntimeError,
    );
    assert.ok(bench.recover() >= 1);
    assert.ok((bench.receive(0, [frame(0, 200)]).ended.sent ?? 0) >= 1);
    assert.equal(bench.buffersOut, 0);
  }
  bench.mode = 0;
});

function frame(first: number, length: number): Uint8Array {
  const bytes = new Uint8Array(14 + length);
  bytes.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5, first]);
  return bytes;
}
