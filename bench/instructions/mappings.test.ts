import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instructionsByPart, parseMappings, partsInWords } from './mappings.ts';

const mappings = parseMappings(`1000-2000 r-xp 00000000 00:00 0
400000-500000 r-xp 00001000 fe:00 123                        /usr/lib/x86_64-linux-gnu/librte_net_null.so.23.0
7ffd000-7ffe000 r-xp 00000000 00:00 0                          [vdso]
`);

test('instructions are counted by the library that they are in', () => {
  const counts = new Map([
    [0x1000, 8],
    [0x1fff, 2],
    [0x400000, 30],
    [0x7ffd004, 4],
  ]);
  const parts = instructionsByPart({ packets: 10, counts, mappings });
  assert.deepEqual(
    [...parts],
    [
      ['librte_net_null', 3],
      ['made at run time', 1],
      ['[vdso]', 0.4],
    ],
  );
});

test('parts that a packet hardly meets are not named', () => {
  const parts = new Map([
    ['librte_net_null', 75.46],
    ['node', 0.04],
  ]);
  assert.equal(partsInWords(parts), '75.5 librte_net_null');
});
