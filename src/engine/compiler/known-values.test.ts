import assert from 'node:assert/strict';
import { test } from 'node:test';
import binaryen from 'binaryen';
import { combined, constant, unknown, type Value } from './known-values.ts';

const module = new binaryen.Module();
const { i32, local } = module;
const group = {};
const flags: Value = { id: 'flags', bits: 32, fixed: { by: group, make: () => local.get(0, binaryen.i32) } };
const masked = combined(module, i32.and(read(), i32.const(13)), flags, constant(module, i32.const(13)));

test('flags that are masked and compared are the same as long as the flags are', () => {
  const compared = combined(module, i32.ne(read(), i32.const(1)), masked, constant(module, i32.const(1)));
  assert.equal(compared.fixed?.by, group);
  const text = binaryen.emitText(compared.fixed?.make() ?? 0).replace(/\s+/g, ' ');
  assert.equal(text.trim(), '(i32.ne (i32.and (local.get $0) (i32.const 13) ) (i32.const 1) )');
});

test('what is compared with something else may be different for each packet', () => {
  assert.equal(combined(module, i32.ne(read(), read()), masked, unknown()).fixed, undefined);
});

test('other operations are left to each packet', () => {
  const one = constant(module, i32.const(1));
  assert.equal(combined(module, i32.mul(read(), i32.const(1)), masked, one).fixed, undefined);
});

function read(): binaryen.ExpressionRef {
  return local.get(0, binaryen.i32);
}
