import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectRouter } from '../../engine/client/router-client.ts';
import { Fabric } from './agent.ts';
import { planOfNode } from './testing/plan.ts';

test('a plan is applied again later when the router did not answer', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const directory = mkdtempSync(join(tmpdir(), 'mr-fabric-'));
  const again = context.mock.fn();
  const fabric = new Fabric({
    stateDirectory: directory,
    statusDirectory: directory,
    runLines: async () => undefined,
    again,
    log: { info: () => undefined, error: () => undefined },
  });
  context.after(() => {
    fabric.close();
    rmSync(directory, { recursive: true });
  });
  const nobody = connectRouter({ socketPath: join(directory, 'none.sock') });
  await assert.rejects(fabric.apply(nobody, planOfNode()), { code: 'ENOENT' });
  assert.equal(again.mock.callCount(), 0);
  context.mock.timers.tick(5000);
  assert.equal(again.mock.callCount(), 1);
});
