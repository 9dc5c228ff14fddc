import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addon } from './dpdk-addon.ts';
import { areReached, crossingFunctions } from './fast-calls.ts';

test('WebAssembly calls C directly with the Node.js that this is made for', () => {
  const fast = addon().fastCalls?.();
  assert.ok(fast && areReached(fast));
  assert.equal(crossingFunctions().rx.name, '');
});

test('a function that WebAssembly does not get to is found out', () => {
  assert.equal(areReached({ plusOne: () => undefined }), false);
});

test('from JavaScript, the functions for WebAssembly do nothing', () => {
  assert.equal(addon().fastCalls?.()?.plusOne(1), undefined);
});
