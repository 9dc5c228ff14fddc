import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { Namespace } from './namespace.ts';

test('a namespace left by a killed process that had the same id is replaced', () => {
  const name = `mr-${process.pid}-left`;
  execFileSync('ip', ['netns', 'add', name]);
  const namespace = new Namespace('left');
  assert.equal(namespace.name, name);
  namespace.close();
  assert.ok(!existsSync(`/run/netns/${name}`));
});

test('two namespaces of one name are refused', () => {
  const first = new Namespace('twice');
  assert.throws(() => new Namespace('twice'), /File exists/);
  first.close();
});
