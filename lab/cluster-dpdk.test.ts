import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { attempt } from './command.ts';
import { millrace } from './router.ts';

const topology = fileURLToPath(new URL('../deploy/lab/dpdk-versions.yaml', import.meta.url));
const name = `dpdk-${process.pid}`;
// On a machine that has not made their images yet, Debian's packages are downloaded first.
const lab = (...words: string[]) => attempt([millrace, 'lab', ...words], { timeoutMs: 240_000 });

before(async () => {
  const { status, stderr } = await lab('up', topology, '--name', name);
  assert.equal(status, 0, stderr);
});
after(() => lab('down', name));

test('applications with DPDK 24.11 and 25.11 run in their containers', async () => {
  for (const [pod, abi] of [
    ['red/next', 25],
    ['red/newest', 26],
  ]) {
    const look = 'ls /usr/lib/*/dpdk; ps';
    const { stdout } = await lab('--lab', name, 'exec', String(pod), 'sh', '-c', look);
    assert.match(stdout, new RegExp(`^pmds-${abi}\\.0$[\\s\\S]* 1000 .*dpdk-testpmd`, 'm'));
  }
});

test('a veth reaches them by vhost-user and memif, on its node and across, both families', async () => {
  const { status, stdout } = await lab('--lab', name, 'test');
  assert.equal(status, 0, stdout);
  for (const what of [
    /red\/web \(veth\) ↔ red\/next \(vhost-user\) in mplsoudp/,
    /red\/web \(veth\) ↔ red\/newest \(eth0, memif\) on one node/,
    /red\/web \(veth\) ↔ red\/newest \(net1, vhost-user\) on one node/,
  ])
    assert.match(stdout, what);
});

test('they reach each other', async () => {
  const { stdout } = await lab('--lab', name, 'trace', 'red/newest', 'red/next');
  assert.match(stdout, /^answered$/m);
});
