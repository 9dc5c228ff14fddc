import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gone, there } from './again.ts';

function refusal(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(code), { code }));
}

describe('a line that is run again', () => {
  it('deletes what is not there', async () => {
    await gone(refusal('ENOENT'));
    await gone(refusal('EADDRNOTAVAIL'));
    await assert.rejects(gone(refusal('EBUSY')), { code: 'EBUSY' });
  });

  it('adds what is there, but nothing else under its name', async () => {
    await there(refusal('EEXIST'), async () => true);
    await assert.rejects(
      there(refusal('EEXIST'), async () => false),
      { code: 'EEXIST' },
    );
    await assert.rejects(
      there(refusal('ENODEV'), async () => true),
      { code: 'ENODEV' },
    );
  });
});
