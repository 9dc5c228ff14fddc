import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttachmentKey, AttachmentRecord } from '../pod/index.ts';
import { Collector } from './collector.ts';

test('a pod that the runtime has forgotten is detached, after the time that the runtime may take', async () => {
  const { collector, detached, clock } = collecting([attached('kept'), attached('lost')], () => ['kept']);
  await collector.look();
  clock.now = 999;
  await collector.look();
  assert.deepEqual(detached, []);
  clock.now = 1000;
  await collector.look();
  assert.deepEqual(detached, [{ container: 'lost', interface: 'eth0' }]);
});

test('a sandbox that shows up in time stays, and counts from the beginning when it is missing again', async () => {
  let there = ['late'];
  const { collector, detached, clock } = collecting([attached('late')], () => there);
  for (const [now, has] of [
    [0, []],
    [900, ['late']],
    [1500, []],
    [2400, []],
  ] as const) {
    clock.now = now;
    there = [...has];
    await collector.look();
  }
  assert.deepEqual(detached, []);
});

test('nothing is detached for a runtime that does not answer, nor what is no pod', async () => {
  const other = { ...attached('other'), pod: undefined };
  const { collector, detached, clock } = collecting([attached('pod'), other], () => {
    if (clock.now === 500) throw new Error('no answer');
    return clock.now === 3000 ? ['pod'] : [];
  });
  await collector.look();
  clock.now = 500;
  await assert.rejects(collector.look(), /no answer/);
  for (const now of [1200, 3000]) {
    clock.now = now;
    await collector.look();
  }
  assert.deepEqual(detached, []);
});

function collecting(all: readonly AttachmentRecord[], sandboxes: () => readonly string[]) {
  const clock = { now: 0 };
  const detached: AttachmentKey[] = [];
  const detach = async (key: AttachmentKey) => void detached.push(key);
  const collector = new Collector({
    pods: { all, detach },
    sandboxes: async () => new Set(sandboxes()),
    graceMs: 1000,
    log: { warn: () => undefined },
    now: () => clock.now,
  });
  return { collector, detached, clock };
}

function attached(container: string): AttachmentRecord {
  return {
    container,
    interface: 'eth0',
    addedWith: 'eth0',
    network: 'default/red',
    configuration: 'pods',
    kind: 'veth',
    netns: '/run/netns/x',
    mtu: 1500,
    isDefault: true,
    socketOwner: 'pod',
    pod: { namespace: 'default', name: container, uid: container },
    number: 1,
    vrf: 'red',
    mac: '02:00:00:00:00:01',
    addresses: [],
    state: 'ready',
    since: '2026-01-01T00:00:00.000Z',
  };
}
