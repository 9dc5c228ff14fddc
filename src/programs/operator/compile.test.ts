import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failuresOf, planLines, planOf, twoNodes } from './testing/objects.ts';

test('two nodes and a network come to a plan that leads from one to the other', () => {
  assert.equal(
    planOf(twoNodes),
    `node a
  router of VRouter default/fabric: workers on CPUs 1, control on CPUs 0
  eal --no-huge -m 512
  tunnels 192.0.2.1 mtu 1500 mplsoudp mplsogre vxlan
  port up  net_af_packet0,iface=eth1  vrf main  mtu 1500  192.0.2.1/24
  vrf main
    0.0.0.0/0  via 192.0.2.254
  vrf blue-52f37 id 339767 for red/blue
    10.0.1.0/26  unreachable: a block of this node: its addresses have routes of their own
    10.0.2.0/26  via mplsoudp 192.0.2.2 label 100  to b
  network red/blue L3  vrf blue-52f37  vni 200 label 100  mtu 1450  gateways 10.0.0.1/16
  subnet red/pods 10.0.0.0/16  gateway 10.0.0.1  blocks 10.0.1.0/26  without 10.0.0.0/32 10.0.255.255/32 10.0.0.1/32
`,
  );
  assert.deepEqual(failuresOf(twoNodes), []);
});

test('the first encapsulation of the list that both nodes can is used', () => {
  const only = (...can: string[]) =>
    twoNodes.replace('VRouter: fabric', `VRouter: fabric\nencapsulations: [${can.join(', ')}]`);
  const way = /^10\.0\.2\.0/;
  assert.deepEqual(planLines(only('VXLAN', 'MPLSoGRE'), way), [
    '10.0.2.0/26  via mplsogre 192.0.2.2 label 100  to b',
  ]);
  assert.deepEqual(planLines(only('VXLAN'), way), ['10.0.2.0/26  via vxlan 192.0.2.2 vni 200  to b']);
});

test('nodes without an encapsulation in common do not reach each other, and the network says so', () => {
  const apart = `${twoNodes.replace('VRouter: fabric', 'VRouter: fabric\nnodes: [a]\nencapsulations: [VXLAN]')}
VRouter: other
nodes: [b]
encapsulations: [MPLSoUDP]
ports: [{ name: up, device: net_tap0, addresses: [192.0.2.2/24] }]
`;
  const reason = 'this node and b do not both have one of mplsoudp, mplsogre, vxlan';
  assert.deepEqual(planLines(apart, /^10\.0\.2/), [`10.0.2.0/26  unreachable: ${reason}`]);
  assert.equal(failuresOf(apart)[0], `VirtualNetwork red/blue: on a: ${reason}`);
});

test('an attachment in its block needs no route elsewhere, one outside of it does', () => {
  const objects = `${twoNodes}${attachment('one', { node: 'b', address: '10.0.2.7' })}---
${attachment('two', { node: 'b', address: '10.0.1.9' })}`;
  assert.deepEqual(planLines(objects, /^10\.0/), [
    '10.0.1.0/26  unreachable: a block of this node: its addresses have routes of their own',
    '10.0.2.0/26  via mplsoudp 192.0.2.2 label 100  to b',
    '10.0.1.9/32  via mplsoudp 192.0.2.2 label 100  to b',
  ]);
  assert.match(planLines(objects, /^subnet/)[0] ?? '', / 10\.0\.1\.9\/32$/);
  assert.equal(planLines(objects, /^attachment/, 'b').length, 2);
});

test('one address is not given twice, whichever node has the other', () => {
  const objects = `${twoNodes}${attachment('here', { node: 'a', address: '10.0.1.9' })}---
${attachment('there', { node: 'b', address: '10.0.1.9' })}`;
  assert.deepEqual(failuresOf(objects), [
    'Attachment red/there: expected an address of its own, got 10.0.1.9: another has it',
  ]);
  assert.equal(planLines(objects, /^attachment/, 'b').length, 0);
});

test('what an attachment may not have is said, and the others stay', () => {
  const objects = [
    attachment('gateway', { node: 'a', address: '10.0.0.1' }),
    attachment('outside', { node: 'a', address: '10.1.0.1' }),
    attachment('elsewhere', { node: 'c', address: '10.0.1.5' }),
    attachment('good', { node: 'a', address: '10.0.1.6' }),
  ].join('---\n');
  assert.deepEqual(failuresOf(twoNodes + objects), [
    'Attachment red/elsewhere: expected a node with a router, got c: no VRouter works there',
    'Attachment red/gateway: expected an address that containers may have, got 10.0.0.1: red/pods excludes 10.0.0.1/32',
    'Attachment red/outside: expected an address in 10.0.0.0/16 of red/blue, got 10.1.0.1',
  ]);
  assert.deepEqual(planLines(twoNodes + objects, /^attachment/), [
    'attachment red/good  pod red/good eth0  veth  in red/blue  10.0.1.6  new',
  ]);
});

test('an L2 network floods to its other nodes, in VXLAN only', () => {
  const objects = `${twoNodes}VirtualNetwork: red/flat\ntype: L2\nvni: 300\n`;
  assert.deepEqual(planLines(objects, /flat|floods/), [
    'network red/flat L2  bridge flat-24d86  vni 300  mtu 1450  gateways none',
    'floods to 192.0.2.2',
  ]);
  const without = `${objects}encapsulations: [MPLSoUDP]\n`;
  assert.deepEqual(failuresOf(without), [
    'VirtualNetwork red/flat: expected VXLAN among the encapsulations of an L2 network, got MPLSoUDP',
  ]);
  assert.deepEqual(planLines(without, /^network/).length, 1);
});

test('networks that import each other are reached, and on the same node through the VRF', () => {
  const objects = `${twoNodes.replace('label: 100', 'label: 100\nimports: [green/lake]')}
VirtualNetwork: green/lake
label: 101
imports: [red/blue]
---
Subnet: green/pods
network: lake
prefix: 10.9.0.0/24
status: { blocks: { a: [10.9.0.0/26], b: [10.9.0.64/26] } }
`;
  assert.deepEqual(failuresOf(objects), []);
  assert.deepEqual(planLines(objects, /^10\.9.*(vrf|label)/), [
    '10.9.0.64/26  via mplsoudp 192.0.2.2 label 101  to b',
    '10.9.0.0/26  in vrf lake-a1d25  to a',
    '10.9.0.64/26  via mplsoudp 192.0.2.2 label 101  to b',
  ]);
  assert.deepEqual(failuresOf(objects.replace('imports: [red/blue]', '')), [
    'VirtualNetwork red/blue: expected green/lake to import red/blue too, it does not: answers would find no way back',
  ]);
  assert.deepEqual(failuresOf(objects.replace('10.9.0.0/24', '10.0.0.0/24').replace(/status: .*9.*/, '')), [
    'VirtualNetwork green/lake: expected addresses that differ, got 10.0.0.0/24 of green/pods and 10.0.0.0/16 of red/pods',
    'VirtualNetwork red/blue: expected addresses that differ, got 10.0.0.0/16 of red/pods and 10.0.0.0/24 of green/pods',
  ]);
});

test('tenants may have the same names and addresses', () => {
  const objects = `${twoNodes}VirtualNetwork: pink/blue
---
Subnet: pink/pods
network: blue
prefix: 10.0.0.0/16
`;
  assert.deepEqual(failuresOf(objects), []);
  assert.deepEqual(planLines(objects, /^vrf/).length, 3);
});

test('an external network is routed to and from the VRF main', () => {
  const objects = twoNodes.replace('label: 100', 'label: 100\nexternal: true');
  assert.deepEqual(planLines(objects, /in vrf/), [
    '10.0.1.0/26  in vrf blue-52f37',
    '0.0.0.0/0  in vrf main',
    '::/0  in vrf main',
  ]);
});

test('numbers and blocks are those of the status, and a node more moves none of the others', () => {
  const before = planLines(twoNodes, /^subnet|^vrf/, 'b');
  const objects = `${twoNodes.replace('Node: b', 'Node: aa\n---\nNode: b')}`;
  assert.deepEqual(planLines(objects, /^subnet|^vrf/, 'b'), before);
});

test('what in a status is no block is told and chosen anew, and all else stays', () => {
  const recorded = 'status: { blocks: { a: [10.0.1.0/26], b: [10.0.2.0/26] } }';
  assert.ok(twoNodes.includes(recorded), twoNodes);
  const objects = twoNodes.replace('b: [10.0.2.0/26]', 'b: [10.0.2.0/26, nonsense]');
  assert.deepEqual(failuresOf(objects), [
    'Subnet red/pods: status: expected a block of b, got "nonsense": chosen anew',
  ]);
  assert.deepEqual(planLines(objects, /^vrf/, 'b'), planLines(twoNodes, /^vrf/, 'b'));
  assert.match(planLines(objects, /^subnet/, 'b')[0] ?? '', /blocks 10\.0\.2\.0\/26 10\.0\.\d+\.\d+\/26/);
});

test('a subnet with fewer blocks than nodes says who has none', () => {
  const objects = twoNodes.replace('10.0.0.0/16', '10.0.1.0/26');
  assert.deepEqual(failuresOf(objects), [
    'Subnet red/pods: expected at most 1 blocks of /26 in 10.0.1.0/26, 2 are needed: none for b',
  ]);
});

test('a subnet of a network that is not there, or of another family, is refused alone', () => {
  const objects = `${twoNodes.replace('label: 100', 'label: 100\nipFamily: ipv4')}
Subnet: red/six\nnetwork: blue\nprefix: 2001:db8::/64\n---\nSubnet: red/lost\nnetwork: nowhere\nprefix: 10.5.0.0/24\n`;
  assert.deepEqual(failuresOf(objects), [
    'Subnet red/lost: expected a VirtualNetwork red/nowhere: there is none that works',
    'Subnet red/six: expected a prefix of ipv4, the family of its network, got 2001:db8::/64',
  ]);
});

test('a vni or label that another network asked for first is refused', () => {
  const objects = `${twoNodes}VirtualNetwork: red/late\nvni: 200\n`;
  assert.deepEqual(failuresOf(objects), [
    'VirtualNetwork red/late: expected a vni of its own, got 200: red/blue has it',
  ]);
});

test('an mtu that the underlay does not leave is refused', () => {
  const objects = twoNodes.replace('label: 100', 'label: 100\nmtu: 1500');
  assert.equal(
    failuresOf(objects)[0],
    'VirtualNetwork red/blue: expected an mtu of at most 1450, which the underlay leaves inside of tunnels, got 1500',
  );
});

function attachment(name: string, { node, address }: { node: string; address: string }): string {
  return `Attachment: red/${name}
node: ${node}
containerId: c-${name}
pod: { namespace: red, name: ${name} }
network: red/blue
interface: eth0
kind: veth
addresses: [${address}]
`;
}
