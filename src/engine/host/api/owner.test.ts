import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMode, parseOwner } from './owner.ts';

test('reads an owner as names or numbers, either part alone', () => {
  assert.deepEqual(parseOwner('root:root'), { user: 0, group: 0 });
  assert.deepEqual(parseOwner(':7'), { group: 7 });
  assert.deepEqual(parseOwner('12'), { user: 12 });
});

test('refuses an owner that the system does not have', () => {
  assert.throws(() => parseOwner('nobody-here'), {
    code: 'EINVAL',
    expected: 'a number or a user of /etc/passwd',
  });
  assert.throws(() => parseOwner(':'), { code: 'EINVAL' });
  assert.throws(() => parseOwner('a:b:c'), { code: 'EINVAL' });
});

test('reads a mode as octal digits', () => {
  assert.equal(parseMode('0660'), 0o660);
  assert.equal(parseMode('600'), 0o600);
  assert.throws(() => parseMode('999'), { code: 'EINVAL' });
  assert.throws(() => parseMode('07777'), { code: 'EINVAL' });
});
