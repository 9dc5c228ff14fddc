import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stressPods } from './stress/pods.ts';

// A short version of `npm run stress -- pods`, on a machine that may be busy with other things. That containerd is killed
// meanwhile, too, is in containerd-stress.test.ts.

test('pods come and go while router, agent and callers are killed: nothing leaks, and pods that stay find each other again', async () => {
  const { faults } = await stressPods({ pods: 40, atOnce: 4, killEveryMs: 400, mostGapMs: 20_000 });
  assert.deepEqual(faults, []);
});
