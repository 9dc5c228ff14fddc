import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packetPath } from '../src/programs/vrouter/packet-path.ts';
import { formatBurst } from './burst-file.ts';
import { Fuzzer } from './fuzzer.ts';
import { buildFolder } from './job.ts';
import { Machine } from './machine/machine.ts';
import { World } from './world.ts';

const machine = new Machine(await World.open(packetPath, buildFolder));

describe('the packet path', () => {
  it('holds what it must for four hundred thousand packets, on most of its edges', () => {
    const fuzzer = new Fuzzer(machine, 1);
    const found = fuzzer.run(4000);
    assert.equal(found && `${found.finding.message}\n${formatBurst(found.burst)}`, undefined);
    assert.ok(machine.packets > 400_000, `${machine.packets} packets`);
    const { reached, missing } = machine.coverage;
    assert.ok(reached.length > 2 * missing.length, `${reached.length} edges taken, ${missing.length} not`);
  });

  it('is given the same packets for the same seed', async () => {
    const open = async () => new Machine(await World.open(packetPath, buildFolder));
    const [one, other] = [await open(), await open()];
    for (const each of [one, other]) assert.equal(new Fuzzer(each, 77).run(40), undefined);
    assert.equal(one.slow.sum, other.slow.sum);
    assert.equal(one.fast.mixed, other.fast.mixed);
  });
});
