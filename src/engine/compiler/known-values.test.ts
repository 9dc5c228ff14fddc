import assert from 'node:assert/strict';
import { test } from 'node:test';
import binaryen from 'binaryen';
import { combined, constant, cut, Knowledge, unknown, type Value } from './known-values.ts';

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

test('a length that has lost as much as it gained is the one before', () => {
  const length = unknown(16);
  const fourteen = constant(module, i32.const(14));
  const less = cut(module, combined(module, i32.sub(read(), i32.const(14)), length, fourteen), 16);
  assert.deepEqual(less.sum, { of: length, plus: -14, bits: 16 });
  const again = cut(module, combined(module, i32.add(read(), i32.const(14)), less, fourteen), 16);
  assert.equal(again, length);
});

test('behind a block that is left early is known what is known at each of its ends', () => {
  const known = new Knowledge();
  const [one, two] = [unknown(), unknown()];
  known.set('kept', one);
  known.set('changed', one);
  known.block('block', () => {
    known.set('changed', two);
    known.leave('block');
    known.set('changed', one); // as it was before, but not for those that have left
  });
  assert.equal(known.get('kept'), one);
  assert.notEqual(known.get('changed'), one);
  assert.notEqual(known.get('changed'), two);
});

test('who does not come back from one of two ways changes nothing behind them', () => {
  const known = new Knowledge();
  const [one, two] = [unknown(), unknown()];
  known.set('variable', one);
  known.either(
    () => {
      known.set('variable', two);
      known.stop();
    },
    () => {},
  );
  assert.equal(known.get('variable'), one);
});

function read(): binaryen.ExpressionRef {
  return local.get(0, binaryen.i32);
}
