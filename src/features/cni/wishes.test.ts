import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attachment } from '../attachment/index.ts';
import type { CniCall } from './call.ts';
import { wishesOf } from './wishes.ts';

const FIRST = 'v1.multus-cni.io/default-network';
const OTHERS = 'k8s.v1.cni.cncf.io/networks';

test('a pod that asks for nothing gets what the configuration says', () => {
  assert.deepEqual(shown(wishesOf(call({}), [])), ['eth0 veth default/red']);
});

test('the networks of the annotation come besides, numbered from net1', () => {
  const list = [{ name: 'blue' }, { name: 'green', namespace: 'x', 'cni-args': { kind: 'vhost-user' } }];
  assert.deepEqual(shown(wishesOf(call({ [OTHERS]: JSON.stringify(list) }), [])), [
    'eth0 veth default/red',
    'net1 veth shop/blue',
    'net2 vhost-user x/green',
  ]);
});

test('the annotation of the default network replaces that of the configuration', () => {
  assert.deepEqual(shown(wishesOf(call({ [FIRST]: 'x/blue' }), [])), ['eth0 veth x/blue']);
});

test('attachments of the plan come besides, and before what the pod says of the same interface', () => {
  const plan = [planned({ interface: 'net1', kind: 'memif' }), planned({ interface: 'eth0', kind: 'tap' })];
  assert.deepEqual(shown(wishesOf(call({ [OTHERS]: 'blue' }), plan)), [
    'eth0 tap default/planned',
    'net1 memif default/planned',
  ]);
});

test('attachments of the plan are those of the pod, not of another, nor of an earlier one of its name', () => {
  const others = [
    planned({ pod: { namespace: 'shop', name: 'other' } }),
    planned({ pod: { namespace: 'shop', name: 'web', uid: 'of-before' } }),
    planned({ containerId: 'of-before' }),
    planned({ containerId: 'another' }),
  ];
  assert.deepEqual(shown(wishesOf(call({}), others)), ['eth0 veth default/red']);
  assert.equal(wishesOf(call({}), [planned({ containerId: 'c1' })]).length, 2);
});

test('what an annotation says amiss is refused with its name', () => {
  const refused = (annotations: Readonly<Record<string, string>>) => () => wishesOf(call(annotations), []);
  assert.throws(refused({ [OTHERS]: 'a@eth0' }), { message: /networks/, details: /eth0 twice/ });
  assert.throws(refused({ [OTHERS]: '[{' }), { details: /expected a JSON list/ });
  assert.throws(refused({ [FIRST]: 'a,b' }), { message: /default-network/, details: /one network, got 2/ });
});

function shown(wishes: ReturnType<typeof wishesOf>): readonly string[] {
  return wishes.map(({ interface: name, kind, network }) => `${name} ${kind} ${network}`);
}

function call(annotations: Readonly<Record<string, string>>): CniCall {
  const environment = {
    CNI_CONTAINERID: 'c1',
    CNI_IFNAME: 'eth0',
    CNI_ARGS: 'K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=u1',
  };
  const runtimeConfig = { 'io.kubernetes.cri.pod-annotations': { ...annotations } };
  return {
    message: { environment, configuration: '' },
    configuration: { name: 'pods', network: 'default/red', runtimeConfig },
  };
}

function planned(more: Partial<Attachment['spec']>): Attachment {
  const pod = { namespace: 'shop', name: 'web' };
  const base = {
    node: 'n',
    network: 'default/planned',
    interface: 'net9',
    kind: 'veth',
    addresses: [],
  } as const;
  return {
    apiVersion: 'millrace.dev/v1alpha1',
    kind: 'Attachment',
    metadata: { namespace: 'shop', name: 'x' },
    spec: { ...base, pod, ...more },
  };
}
