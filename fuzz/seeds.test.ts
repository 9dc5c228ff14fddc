import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { packetPath } from '../src/programs/vrouter/packet-path.ts';
import { formatBurst, parseBurst } from './burst-file.ts';
import { findingOf } from './fuzzer.ts';
import { buildFolder } from './job.ts';
import { Machine } from './machine/machine.ts';
import { World } from './world.ts';

// What fuzzing has found once: each file is a burst that broke what its name says, and must not any more.

const folder = new URL('seeds/', import.meta.url);
let machine: Machine;

before(async () => {
  machine = new Machine(await World.open(packetPath, buildFolder));
});

for (const file of readdirSync(folder)) {
  test(`holds: ${file.replace('.json', '').replaceAll('-', ' ')}`, () => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const burst = parseBurst(text);
    assert.equal(findingOf(machine, burst, true)?.message, undefined);
    assert.equal(formatBurst(burst), text);
  });
}

test('a file that is no burst is refused with what was expected', () => {
  assert.throws(() => parseBurst('{"setting":{}}'), /expected packets to be an array, got undefined/);
  const packet = '{"bytes":"0g"}';
  const setting = '{"slow":"traced","vector":0,"poison":0,"host":true}';
  assert.throws(
    () => parseBurst(`{"setting":${setting},"packets":[${packet}]}`),
    /expected bytes to be at most 9216 bytes as hexadecimal digits, got "0g"/,
  );
});
