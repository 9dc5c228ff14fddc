import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments, releases } from './releases.ts';

test('all versions are tested by default', () => {
  assert.deepEqual(parseArguments([]), { releases, pattern: undefined });
});

test('versions and a part of the file names can be asked for', () => {
  const { releases, pattern } = parseArguments(['25.11', 'lab/ip', '22.11']);
  assert.deepEqual(
    releases.map(({ dpdk, debian }) => `${dpdk} ${debian}`),
    ['22.11 bookworm', '25.11 forky'],
  );
  assert.equal(pattern, 'lab/ip');
});

test('what is no version of these, a flag or a second pattern is refused', () => {
  assert.throws(
    () => parseArguments(['23.11']),
    /expected versions among 22\.11, 24\.11, 25\.11, got 23\.11/,
  );
  assert.throws(() => parseArguments(['--fast']), /no flags, got --fast/);
  assert.throws(() => parseArguments(['lab', 'ip']), /expected one part of a file name, got lab ip/);
});
