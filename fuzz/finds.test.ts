import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, beforeEach, describe, it } from 'node:test';
import { packetPath } from '../src/programs/vrouter/packet-path.ts';
import { Fuzzer } from './fuzzer.ts';
import { buildFolder } from './job.ts';
import { Machine } from './machine/machine.ts';
import { World } from './world.ts';

// That the fuzzer finds things: a stage that exists only here takes UDP for us, and has one bug at a time.

/** Where the stage reads which of its bugs it has: in the first page, which no table uses. */
const FAULT = 8192;
const stageSource = `
import { freshPacket, release } from '../../../src/engine/datapath/buffers';
import { Packet } from '../../../src/engine/datapath/packet';
import { Ip4Header } from '../../../src/net/datapath/ip4-header';

export enum Edge {
  IP4_SEND,
  CONSUMED,
  PUNTED,
  DROP_BROKEN_ODD,
}

/** Has the bug that the test wants. */
export function fuzzBroken(packet: Packet): u32 {
  const fault = load<u32>(${FAULT});
  const end = packet.data + packet.dataLen;
  if (fault == 1 && packet.nbSegs == 3) unreachable();
  if (fault == 2) release(packet);
  if (fault == 3 && packet.dataLen & 1) return Edge.PUNTED;
  if (fault == 4 && load<u8>(end) & 1) return Edge.DROP_BROKEN_ODD;
  if (fault == 5) store<u8>(end, 0);
  if (fault == 6 && packet.trace) return Edge.DROP_BROKEN_ODD;
  if (fault == 7 && load<u8>(packet.data + 60) < 0x80) return Edge.DROP_BROKEN_ODD;
  if (fault == 8 && freshPacket() === null) return Edge.DROP_BROKEN_ODD;
  if (fault < 9) return Edge.CONSUMED;
  const header = changetype<Ip4Header>(packet.data);
  const source = header.sourceRaw;
  header.sourceRaw = header.destinationRaw;
  header.destinationRaw = source;
  header.ttl = 64;
  return Edge.IP4_SEND;
}
`;

let machine: Machine;

before(async () => {
  const folder = join(buildFolder, 'test-stages/datapath');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'fuzz-broken.ts'), stageSource);
});

// What one bug has broken is nothing that the next one should start with.
beforeEach(async () => {
  const stages = [...packetPath.stages, '../build/test-stages/datapath/fuzz-broken'];
  const world = await World.open({ ...packetPath, stages }, buildFolder);
  world.topology.take('protocol4', 17, 'fuzz-broken');
  machine = new Machine(world);
});

const faults = [
  [1, 'a trap for packets in three segments', 'no trap'],
  [2, 'a buffer freed twice', 'every buffer once'],
  [3, 'a buffer that is kept', 'every buffer once'],
  [4, 'a decision by the byte behind the packet', 'both ways agree'],
  [5, 'a byte written behind the packet', 'nothing beyond the packet'],
  [6, 'a decision by whether the packet is traced', 'both ways agree'],
  [7, 'a missing length check', 'both ways agree'],
  [8, 'a fresh buffer that is forgotten', 'every buffer once'],
  [9, 'a header sent without its checksum', 'valid frames'],
] as const;

describe('the fuzzer finds', () => {
  for (const [fault, name, invariant] of faults) {
    it(name, () => {
      machine.world.topology.bench.view.setUint32(FAULT, fault, true);
      const found = new Fuzzer(machine, 1).run(1000);
      assert.equal(found?.finding.invariant, invariant, found?.finding.message);
      assert.ok(found?.alone, 'the burst does not show it alone');
      assert.equal(found?.burst.inputs.length, 1);
    });
  }

  it('nothing in the same stage without a bug', () => {
    machine.world.topology.bench.view.setUint32(FAULT, 0, true);
    assert.equal(new Fuzzer(machine, 1).run(300), undefined);
  });
});
