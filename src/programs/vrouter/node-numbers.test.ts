import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grownNumbers } from '../../engine/compiler/numbers.ts';
import { packetPath } from './packet-path.ts';

test('every stage and drop has its number: `node src/programs/build.ts` gives it', () => {
  assert.deepEqual(grownNumbers(packetPath), packetPath.numbers);
});
