import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfiguration } from './configuration.ts';
import { readMessage } from './message.ts';

test('a message is variables, an empty one, and the configuration; one without its end is none', () => {
  const bytes = Buffer.from('CNI_COMMAND=ADD\0CNI_ARGS=A=1;B=2\0\0{"name":"x"}');
  assert.deepEqual(readMessage(bytes), {
    environment: { CNI_COMMAND: 'ADD', CNI_ARGS: 'A=1;B=2' },
    configuration: '{"name":"x"}',
  });
  assert.equal(readMessage(bytes.subarray(0, 20)), undefined);
  assert.equal(readMessage(Buffer.alloc(0)), undefined);
});

test('a configuration is refused with the error of its kind', () => {
  const cases: readonly [string, number][] = [
    ['{', 6],
    ['{"cniVersion":"1.1.0"}', 7],
    ['{"cniVersion":"1.1.0","name":"x","kind":"macvlan"}', 7],
    ['{"cniVersion":"1.1.0","name":"x","ipam":{}}', 2],
    ['{"cniVersion":"9.0.0","name":"x"}', 1],
    ['{"name":"x"}', 1],
  ];
  for (const [text, code] of cases) assert.throws(() => readConfiguration(text), { code }, text);
});
