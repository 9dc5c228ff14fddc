import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startProgram } from '../program.ts';
import { listing } from './listing.ts';
import { instructionsByPart } from './mappings.ts';
import { parseCounts, stepThrough } from './stepper.ts';

test('a thread that goes round is stepped as far as asked, and goes on behind it', async () => {
  await using program = startProgram({ command: ['sh', '-c', 'while :; do :; done'] });
  const samples = [
    { packets: 5, atMs: 0 },
    { packets: 15, atMs: 1 },
  ];
  const stepped = await stepThrough(
    {
      pid: program.pid,
      sample: async () => samples.shift() ?? { packets: 0, atMs: 0 },
      [Symbol.asyncDispose]: async () => {},
    },
    { steps: 1000 },
  );
  const sum = [...stepped.counts.values()].reduce((left, right) => left + right, 0);
  assert.ok(sum >= 1000, `${sum} instructions`);
  assert.equal(stepped.packets, 10);
  assert.ok([...instructionsByPart(stepped).keys()].includes('dash'));
  assert.ok(program.running);
});

test('counts are read without what stands around them', () => {
  assert.deepEqual(
    [...parseCounts('stopped\nff 3\n10 70\nstopped\n')],
    [
      [255, 3],
      [16, 70],
    ],
  );
});

test('a listing shows how often a packet passes each instruction', async () => {
  const code = Uint8Array.of(0x90, 0xc3);
  const text = await listing({ packets: 4, counts: new Map([[0x1000, 6]]) }, [{ start: 0x1000, code }]);
  assert.match(text, /^ {3}1\.500 +1000:\s+nop\n {10,}1001:\s+ret/m);
});
