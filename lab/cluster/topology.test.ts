import assert from 'node:assert/strict';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readTopology } from './topology.ts';

const interfaces = 'interfaces: [{ name: eth0, network: a/b }]';
const base = 'objects: here\nunderlay: [{ node: n1, device: eth1, addresses: [192.0.2.1/24] }]\npods:\n';
const directory = mkdtempSync(join(tmpdir(), 'topology-'));
after(() => rmSync(directory, { recursive: true }));

test('every topology in deploy/lab can be read, and is called by its file', () => {
  const files = globSync(join(import.meta.dirname, '../../deploy/lab/*.yaml'));
  assert.ok(files.length > 0);
  for (const file of files) assert.match(file, new RegExp(`/${readTopology(file).name}\\.yaml$`));
});

test('what is not filled in has a default', () => {
  const { runtime, pods } = readTopology(written(`${base}  - { name: a/b, node: n1, ${interfaces} }`));
  assert.equal(runtime, 'containerd');
  assert.deepEqual(pods[0]?.interfaces, [{ name: 'eth0', network: 'a/b', kind: 'veth' }]);
});

for (const [what, text, expected] of [
  [
    'a version of DPDK where none runs',
    `${base}  - { name: a/b, node: n1, ${interfaces}, dpdk: "24.11" }`,
    /a\/b: expected testpmd with dpdk, got none/,
  ],
  [
    'a field that is not there',
    `${base}  - { name: a/b, node: n1, ${interfaces}, colour: red }`,
    /colour: expected one of/,
  ],
  [
    'a node that is not there',
    `${base}  - { name: a/b, node: n2, ${interfaces} }`,
    /a\/b: expected a node of n1, got n2/,
  ],
  [
    'a pod twice',
    `${base}${`  - { name: a/b, node: n1, ${interfaces} }\n`.repeat(2)}`,
    /expected a\/b once, got it again/,
  ],
  [
    'another first interface',
    `${base}  - { name: a/b, node: n1, interfaces: [{ name: net1, network: a/b }] }`,
    /expected eth0 as its first interface, got net1/,
  ],
  ['no YAML', 'objects: [', /expected a topology in YAML/],
] as const)
  test(`${what} is refused`, () => {
    assert.throws(() => readTopology(written(text)), expected);
  });

function written(text: string): string {
  const file = join(directory, 'topology.yaml');
  writeFileSync(file, text);
  return file;
}
