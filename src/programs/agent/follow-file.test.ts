import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { followFile } from './follow-file.ts';

test('a file that is replaced is noticed, each time, and its neighbours are not', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'follow-file-'));
  const file = join(directory, 'plan.json');
  const seen = new EventTarget();
  let times = 0;
  const follower = followFile(file, () => {
    times += 1;
    seen.dispatchEvent(new Event('changed'));
  });
  try {
    writeFileSync(join(directory, 'other.json'), '');
    for (const text of ['first', 'second']) {
      const changed = once(seen, 'changed');
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
      await changed;
    }
    assert.equal(times, 2);
  } finally {
    follower.close();
    rmSync(directory, { recursive: true });
  }
});
