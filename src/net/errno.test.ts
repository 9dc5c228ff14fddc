import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { it } from 'node:test';
import { errnoNumber, errnoSentence, isErrnoName } from './errno.ts';

it('errno has the numbers of the host', () => {
  for (const [name, number] of Object.entries(constants.errno)) {
    if (name === 'EWOULDBLOCK') continue; // another name of EAGAIN
    assert.ok(isErrnoName(name), name);
    assert.equal(errnoNumber(name), number, name);
  }
  assert.equal(errnoSentence('EEXIST'), 'File exists');
  assert.ok(!isErrnoName('toString') && !isErrnoName(17));
});
