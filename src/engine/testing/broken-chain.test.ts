import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { packetPath } from '../../programs/vrouter/packet-path.ts';
import { Bench } from './bench.ts';

// A stage that exists only here makes a ring of a packet: its segment is empty, and leads to itself. Whoever walks
// along it has to come back.

const buildFolder = fileURLToPath(new URL('../../../build', import.meta.url));
const folder = join(buildFolder, 'test-stages/datapath');
const stageSource = `
import { freshCopy, sumPacket, trim } from '../../../src/engine/datapath/chain';
import { delta } from '../../../src/engine/datapath/instance';
import { Packet } from '../../../src/engine/datapath/packet';

export enum Edge {
  CONSUMED,
  /** Of bytes that are not there a copy was made. */
  DROP_TEST_COPIED,
}

/** Walks along a ring. */
export function testRing(packet: Packet): u32 {
  const work = load<u8>(packet.data);
  const length = packet.pktLen;
  packet.nextAddr = <u64>changetype<usize>(packet) + delta;
  packet.nbSegs = 0xffff;
  packet.dataLen = 0;
  if (work == 1) sumPacket(packet, 0, length);
  if (work == 2) trim(packet, length);
  const isCopied = work == 3 && freshCopy(packet, 0, 0, length) !== null;
  packet.nextAddr = 0;
  packet.nbSegs = 1;
  packet.dataLen = <u16>length;
  return isCopied ? Edge.DROP_TEST_COPIED : Edge.CONSUMED;
}
`;

let bench: Bench;

before(async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'test-ring.ts'), stageSource);
  const stages = [...packetPath.stages, '../build/test-stages/datapath/test-ring'];
  bench = await Bench.open({ ...packetPath, stages }, buildFolder);
});

for (const [work, name] of [
  [1, 'to sum its bytes up'],
  [2, 'to cut it down'],
  [3, 'to copy bytes that it has not'],
] as const) {
  test(`whoever walks along a chain that is a ring comes back: ${name}`, () => {
    const bytes = new Uint8Array(60).fill(work);
    assert.deepEqual(bench.inject('test-ring', bytes).ended, { consumed: 1 });
    assert.equal(bench.buffersOut, 0);
  });
}
