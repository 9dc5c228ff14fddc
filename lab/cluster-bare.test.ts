import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Place } from './cluster/place.ts';
import { attempt } from './command.ts';
import { eventually } from './eventually.ts';
import { network, nodes, object } from './objects.ts';
import { millrace } from './router.ts';

// Pods without containers, on two nodes, in networks of layer 2: what the standard topology does not have. Applications
// that send back whatever they get are by themselves: what another one answers and a bridge floods would come back from
// them as though they were its receiver.
const name = `bare-${process.pid}`;
const directory = mkdtempSync(join(tmpdir(), 'lab-'));
const lab = (...words: string[]) => attempt([millrace, 'lab', ...words], { timeoutMs: 120_000 });
after(async () => {
  await lab('down', name);
  rmSync(directory, { recursive: true });
});

mkdirSync(join(directory, 'objects'));
const vrouter = object(
  'VRouter',
  'all',
  `{ ports: [{ name: uplink, device: "net_af_packet0,iface=eth1",
       nodes: { one: { addresses: [192.0.2.2/28], gateways: [192.0.2.1] },
                two: { addresses: [192.0.2.18/28], gateways: [192.0.2.17] } } }] }`,
);
const [lan, swaps] = [
  network('lan', '{ type: L2 }', '10.0.0.0/16'),
  network('swaps', '{ type: L2 }', '10.1.0.0/16'),
];
writeFileSync(join(directory, 'objects/all.yaml'), nodes('one', 'two') + vrouter + lan + swaps);
writeFileSync(
  join(directory, 'bare.yaml'),
  `
objects: objects
runtime: namespaces
buffers: 8192
underlay:
  - { node: one, device: eth1, addresses: [192.0.2.1/28] }
  - { node: two, device: eth1, addresses: [192.0.2.17/28] }
pods:
  - { name: lan/plain, node: one, interfaces: [{ name: eth0, network: default/lan }] }
  - { name: lan/echo, node: two, interfaces: [{ name: eth0, network: default/lan, kind: vhost-user }], testpmd: icmpecho }
  - { name: lan/fast, node: one, interfaces: [{ name: eth0, network: default/swaps, kind: vhost-user }], testpmd: 5tswap }
  - { name: lan/far, node: two, interfaces: [{ name: eth0, network: default/swaps, kind: memif }], testpmd: 5tswap }
`,
);

test('a lab of bare namespaces is up, its applications beside their pods', async () => {
  const { status, stderr } = await lab('up', join(directory, 'bare.yaml'), '--name', name);
  assert.equal(status, 0, stderr);
  const pinged = await lab('--lab', name, 'ping', 'lan/plain', 'lan/echo', '-c', '1', '-w', '10');
  assert.equal(pinged.status, 0, pinged.stdout + pinged.stderr);
});

test('a packet between two applications of one network of layer 2 is followed, and ends', async () => {
  for (const [from, to] of [
    ['lan/fast', 'lan/far'],
    ['lan/far', 'lan/fast'],
  ] as const) {
    const { status, stdout, stderr } = await lab('--lab', name, 'trace', from, to);
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /injected into its router[\s\S]*vxlan vni[\s\S]*\nanswered/);
  }
  await eventually(async () => assert.equal(await received(), await received()));
});

/** What the first node's router has counted at the port of its application. */
async function received(): Promise<string> {
  const { routerSocket } = new Place(name).node('one');
  const { stdout } = await attempt([millrace, 'ctl', '-s', routerSocket, 'interface', 'stats']);
  const [counted] = stdout.split('\n').filter((line) => line.startsWith('pod2 '));
  assert.ok(counted, stdout);
  return counted;
}

test('what agents have made of their plans is in the status of objects', async () => {
  const file = join(new Place(name).objects, '.status/VirtualNetwork/default/lan.yaml');
  await eventually(() => assert.match(readFileSync(file, 'utf8'), /ready: 2\n {2}failed: {}/));
});
