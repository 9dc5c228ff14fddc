import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addon } from './dpdk-addon.ts';
import { startPacketWorld } from './dpdk-testing.ts';

// The C side must hold on its own: here it gets what TypeScript would never let through.
const native = addon();
const world = startPacketWorld({ hugepages: false });
const everything: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  0,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 32,
  10n,
  '',
  'net_null0\0',
  'x'.repeat(5000),
  Symbol('s'),
  [],
  {},
  new Proxy({}, { get: () => native }),
  () => 1,
  new Uint8Array(0),
  new Float64Array(4),
  new Uint8Array(world.memory.buffer),
];
// These end the world for the other tests, or wait for as long as they are told.
const spared = ['ealInit', 'ealBegin', 'ealCleanup', 'fdClose', 'pause', 'workerRegister'];

for (const [name, call] of Object.entries(native)) {
  if (spared.includes(name)) continue;
  test(`${name} answers any arguments with a result or an error that has a code`, () => {
    for (const first of everything) {
      tryCall(call, [first]);
      for (const second of everything) tryCall(call, [first, second]);
    }
    for (const value of everything) tryCall(call, [value, value, value, value, value, value, value, value]);
  });
}

for (const start of ['ealInit', 'ealBegin'] as const) {
  test(`${start} refuses anything that is not two arrays`, () => {
    for (const first of everything)
      for (const second of everything) {
        if (Array.isArray(first) && Array.isArray(second)) continue;
        assert.throws(() => Reflect.apply(native[start], undefined, [first, second]), {
          code: /EINVAL|EALREADY/,
        });
      }
  });
}

function tryCall(call: unknown, values: readonly unknown[]): void {
  assert.ok(typeof call === 'function');
  try {
    const result: unknown = Reflect.apply(call, undefined, values);
    if (result instanceof Promise) result.catch(() => undefined);
    if (call === native.pollStart && typeof result === 'object' && result !== null) native.pollStop(result);
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error, String(error));
  }
}
