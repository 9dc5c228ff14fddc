import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AttachmentFiles, readAttachments } from '../attachment/index.ts';
import { attachmentObject } from './attachment-object.ts';
import type { AttachmentRecord } from './attachment-record.ts';

const state = mkdtempSync(join(tmpdir(), 'millrace-records-'));
after(() => rmSync(state, { recursive: true }));

const place = { node: 'node1', socketPath: undefined, label: 2000, numaNode: 0 };
const record: AttachmentRecord = {
  container: 'Abc_1',
  interface: 'eth0',
  addedWith: 'eth0',
  network: 'default/red',
  configuration: 'red',
  kind: 'veth',
  netns: '/run/netns/x',
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  isDefault: true,
  socketOwner: 'pod',
  pod: undefined,
  number: 3,
  vrf: 'red',
  addresses: [{ address: '10.0.0.2', length: 24, gateway: '10.0.0.1' }],
  state: 'ready',
  since: '2026-01-01T00:00:00.000Z',
};

test('the record of an attachment is an object that says all that there is to know', () => {
  const { metadata, spec, status } = attachmentObject(record, place);
  assert.deepEqual(metadata, { name: 'abc-1-eth0-3', namespace: 'default' });
  assert.equal(spec.containerId, 'Abc_1');
  assert.equal('socketOwner' in spec, false);
  assert.deepEqual(status, {
    state: 'ready',
    since: '2026-01-01T00:00:00.000Z',
    addresses: ['10.0.0.2/24'],
    gateways: ['10.0.0.1'],
    mac: '02:00:00:00:00:01',
    mtu: 1500,
    netns: '/run/netns/x',
    port: 'pod3',
    numaNode: 0,
    vrf: 'red',
    nextHop: (1 << 24) + 24,
    label: 2000,
  });
});

test('files are those of the attachments there are, also after those of another process', async () => {
  const [one, other] = [3, 4].map((number) => attachmentObject({ ...record, number }, place));
  assert.ok(one && other);
  const first = new AttachmentFiles(state);
  await first.keep([one, other]);
  assert.deepEqual(await readAttachments(state), [one, other]);
  await first.keep([other]);
  assert.deepEqual(await readAttachments(state), [other]);
  await new AttachmentFiles(state).keep([one]);
  assert.deepEqual(await readAttachments(state), [one]);
  assert.deepEqual(readdirSync(join(state, 'attachments')), ['default.abc-1-eth0-3.json']);
});
