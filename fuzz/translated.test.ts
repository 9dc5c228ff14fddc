import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { packetPath } from '../src/programs/vrouter/packet-path.ts';
import { Fuzzer } from './fuzzer.ts';
import { buildFolder } from './job.ts';
import { Machine } from './machine/machine.ts';
import { World } from './world.ts';

// That the check knows addresses that stand for others: what the router says of them is wrong by what it is told here.

let world: World;

beforeEach(async () => {
  world = await World.open(packetPath, buildFolder);
});

describe('the fuzzer finds', () => {
  it('an address that stands for another station', () => {
    const [translation] = world.translations.splice(0);
    if (translation) world.translations.push({ ...translation, inside: translation.inside + 1 });
    assert.equal(invariantFound(), 'valid frames');
  });

  it('an address that stands for a station nowhere', () => {
    const [translation] = world.translations.splice(0);
    if (translation) world.translations.push({ ...translation, port: 1 });
    assert.equal(invariantFound(), 'valid frames');
  });
});

function invariantFound(): string | undefined {
  return new Fuzzer(new Machine(world), 1).run(2000)?.finding.invariant;
}
