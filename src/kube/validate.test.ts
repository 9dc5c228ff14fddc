import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { validate } from './validate.ts';

const schema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z]+$' }),
    mtu: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1280, maximum: 9216 })], {
      default: 'auto',
    }),
    ports: Type.Array(
      Type.Object(
        { device: Type.String(), kind: Type.Enum(['a', 'b'], { default: 'a' }) },
        { additionalProperties: false },
      ),
      { default: [] },
    ),
  },
  { additionalProperties: false },
);

test('fills in what was not said, and leaves what was given as it is', () => {
  const given = { name: 'x', ports: [{ device: 'd' }] };
  const { value } = validate(schema, given);
  assert.deepEqual(value, { name: 'x', mtu: 'auto', ports: [{ device: 'd', kind: 'a' }] });
  assert.deepEqual(given, { name: 'x', ports: [{ device: 'd' }] });
});

test('says for each wrong place what was expected and what came', () => {
  const { problems } = validate(schema, { name: 'X', mtu: 5, ports: [{ speed: 1 }] });
  assert.deepEqual(problems, [
    'name: expected a text like ^[a-z]+$, got "X"',
    'mtu: expected auto or a number from 1280 to 9216, got 5',
    'ports[0].device: expected a text, got nothing',
    'ports[0].speed: expected one of device, kind, got an unknown field',
  ]);
});

test('names the choices that there are', () => {
  const { problems } = validate(schema, { name: 'x', ports: [{ device: 'd', kind: 'c' }] });
  assert.deepEqual(problems, ['ports[0].kind: expected a or b, got "c"']);
});

test('says that something is no object at all', () => {
  assert.deepEqual(validate(schema, 7).problems, ['expected fields, got 7']);
});
