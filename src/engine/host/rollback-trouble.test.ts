import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RollbackTrouble } from './rollback-trouble.ts';
import { Troubles } from './troubles.ts';

test('a build that workers have not gone back to is in health until they have, or are gone', () => {
  const { trouble, told, setCurrent } = open();
  trouble.beginWithWorkers('old.wasm', 'worker 0 stands still');
  assert.deepEqual(told(), ['datapath old.wasm worker 0 stands still']);
  trouble.noteWorkers();
  assert.equal(told().length, 1);
  setCurrent(true);
  trouble.noteWorkers();
  assert.deepEqual(told(), []);
});

test('nothing is said of workers that have gone back a moment too late', () => {
  const { trouble, told, setCurrent } = open();
  setCurrent(true);
  trouble.beginWithWorkers('old.wasm', 'worker 0 stands still');
  assert.deepEqual(told(), []);
});

test('a build that goes on because tables could not be written stays in health until another one has taken over', () => {
  const { trouble, told, setCurrent } = open();
  trouble.beginWithTables('new.wasm', 'no room');
  setCurrent(true);
  trouble.noteWorkers();
  assert.deepEqual(told(), ['datapath new.wasm no room']);
  trouble.end();
  assert.deepEqual(told(), []);
});

function open() {
  const troubles = new Troubles();
  let current = false;
  return {
    trouble: new RollbackTrouble({ troubles, areWorkersCurrent: () => current }),
    told: () => troubles.list.map(({ about, name, text }) => `${about} ${name} ${text}`),
    setCurrent: (isCurrent: boolean) => {
      current = isCurrent;
    },
  };
}
