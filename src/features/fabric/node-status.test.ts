import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nodeStatus } from './node-status.ts';
import { readNodeStatuses, writeNodeStatus } from './status-files.ts';
import { planOfNode } from './testing/plan.ts';

const directory = mkdtempSync(join(tmpdir(), 'mr-status-'));
after(() => rmSync(directory, { recursive: true }));

const [noon, later] = [new Date('2026-01-01T12:00:00Z'), new Date('2026-01-01T13:00:00Z')];
const line = 'label add 2000 vrf red';
const failure = { line, reason: 'expected a label, got one that is taken', of: 'VirtualNetwork default/red' };

test('each object of a plan says whether the router is as planned, since when, and why not', () => {
  const before = nodeStatus(planOfNode(), [failure], { before: undefined, now: noon });
  assert.deepEqual(before.objects['VirtualNetwork default/red'], {
    state: 'failed',
    since: noon.toISOString(),
    reasons: [`${line}: ${failure.reason}`],
  });
  const now = nodeStatus(planOfNode(), [], { before, now: later });
  assert.equal(now.objects['VirtualNetwork default/red']?.since, later.toISOString());
  assert.equal(now.objects['VirtualNetwork default/lan']?.since, noon.toISOString());
});

test('what belongs to no network is said of the VRouter', () => {
  const { objects } = nodeStatus(planOfNode(), [{ line: 'interface del old', reason: 'it has members' }], {
    before: undefined,
    now: noon,
  });
  assert.deepEqual(objects['VRouter default/all']?.reasons, ['interface del old: it has members']);
});

test('statuses are read as they were written, and what is none is left out', () => {
  const status = nodeStatus(planOfNode(), [], { before: undefined, now: noon });
  writeNodeStatus(directory, status);
  writeFileSync(join(directory, 'broken.json'), '{ "node": 7 }');
  assert.deepEqual(readNodeStatuses(directory), [status]);
});
