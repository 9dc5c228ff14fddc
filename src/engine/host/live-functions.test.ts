import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveFunctions } from './live-functions.ts';

test('functions that were handed out are those of the next instance when it takes over', () => {
  const functions = new LiveFunctions({ which: () => 'old' });
  const taken = functions.take<{ which(): string }>(['which']);
  functions.replace({ which: () => 'new' });
  assert.equal(taken.which(), 'new');
});

test('an instance that lacks one changes nothing', () => {
  const functions = new LiveFunctions({ one: () => 'old', two: () => 'old' });
  const taken = functions.take<{ one(): string; two(): string }>(['one', 'two']);
  assert.throws(() => functions.replace({ one: () => 'new' }), /the datapath lacks two/);
  assert.equal(taken.one(), 'old');
});

test('what is in use is known by name and number of parameters', () => {
  const functions = new LiveFunctions({ pair: (_: number, __: number) => 0, spare: () => 0 });
  functions.take<{ pair(a: number, b: number): number }>(['pair']);
  assert.deepEqual(functions.parameters, { pair: 2 });
});
