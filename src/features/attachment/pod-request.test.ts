import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPodRequests } from './pod-request.ts';

const veth = { kind: 'veth' };

test('reads the short form', () => {
  assert.deepEqual(readPodRequests('blue, red/green@fast0').value, [
    { name: 'blue', ips: [], 'cni-args': veth },
    { name: 'green', namespace: 'red', interface: 'fast0', ips: [], 'cni-args': veth },
  ]);
});

test('reads the long form', () => {
  const asked = [{ name: 'blue', ips: ['10.0.0.7'], 'cni-args': { kind: 'vhost-user', socketOwner: 'pod' } }];
  assert.deepEqual(readPodRequests(JSON.stringify(asked)).value, asked);
});

test('a pod that asks for nothing gets nothing', () => {
  assert.deepEqual(readPodRequests(undefined).value, []);
  assert.deepEqual(readPodRequests(' ').value, []);
});

test('says what is wrong with a request', () => {
  assert.deepEqual(readPodRequests('a/b/c').problems, ['expected [NAMESPACE/]NAME[@INTERFACE], got "a/b/c"']);
  assert.match(readPodRequests('[{').problems?.[0] ?? '', /^expected a JSON list, got /);
  assert.deepEqual(readPodRequests('[{"name":"x","cni-args":{"kind":"ipvlan"}}]').problems, [
    '[0].cni-args.kind: expected veth or tap or vhost-user or memif, got "ipvlan"',
  ]);
  assert.match(
    readPodRequests('[{"name":"x","bandwidth":{}}]').problems?.[0] ?? '',
    /bandwidth: expected one of /,
  );
});
