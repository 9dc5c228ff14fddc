import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failuresOf, planLines } from './testing/objects.ts';

const router = (dpdk: string, spec = '') => `
Node: a
status: { capacity: { cpu: 8 } }
---
VRouter: r
agent: { dpdk: { ${dpdk} } }
${spec}
`;

test('masks are bits, lists or ranges', () => {
  const said = (dpdk: string) => planLines(router(dpdk), /^router/)[0]?.replace(/.*default\/r: /, '');
  assert.equal(said('cpuCoreMask: "0x6", serviceCoreMask: "0x1"'), 'workers on CPUs 1-2, control on CPUs 0');
  assert.equal(
    said('cpuCoreMask: "2,4", dpdkCtrlThreadMask: "0-1"'),
    'workers on CPUs 2,4, control on CPUs 0-1',
  );
  assert.equal(said('cpuCoreMask: "1-3"'), 'workers on CPUs 1-3, control on default CPUs');
});

test('masks that cannot be are refused with the reason', () => {
  const why = (dpdk: string) => failuresOf(router(dpdk))[0]?.replace('VRouter default/r: on a: ', '');
  assert.equal(
    why('cpuCoreMask: "1-2", serviceCoreMask: "2"'),
    'expected cpuCoreMask and serviceCoreMask to have no CPU in common, got 2 in both: a worker needs its CPU for itself',
  );
  assert.equal(
    why('cpuCoreMask: "7-9"'),
    'expected cpuCoreMask to name CPUs 0-7 of the node, got 7-9: it has no CPU 8-9',
  );
  assert.equal(
    why('cpuCoreMask: "0x0"'),
    'cpuCoreMask: expected CPUs such as 0xf, 1,2,4 or 1-4, got "0x0": it names no CPU',
  );
  assert.match(why('cpuCoreMask: "3-1"') ?? '', /3-1 goes backwards/);
});

test('more than two CPUs for service and control threads are a warning', () => {
  assert.deepEqual(planLines(router('serviceCoreMask: "0", dpdkCtrlThreadMask: "1-2"'), /warning/), [
    'warning: 3 CPUs (0-2) are for service and control threads, one or two are enough',
  ]);
  assert.deepEqual(planLines(router('serviceCoreMask: "0", dpdkCtrlThreadMask: "0-1"'), /warning/), []);
});

test('arguments for EAL are split as a shell would', () => {
  assert.deepEqual(
    planLines(router(`dpdkCommandAdditionalArgs: "--vdev 'net_null0,size=64' -m 64"`), /^eal/),
    ['eal --vdev net_null0,size=64 -m 64'],
  );
  assert.match(failuresOf(router(`dpdkCommandAdditionalArgs: "-m '64"`))[0] ?? '', /a quote is left open/);
});

test('the settings of DPDK may be in agent.default, but not in both places', () => {
  const text = 'Node: a\n---\nVRouter: r\nagent: { default: { dpdk: { cpuCoreMask: "1" } }';
  assert.match(planLines(`${text} }`, /^router/)[0] ?? '', /workers on CPUs 1/);
  assert.match(failuresOf(`${text}, dpdk: {} }`)[0] ?? '', /got both/);
});

test('forwarding by the kernel is refused until it is built', () => {
  assert.deepEqual(failuresOf(router('', 'agentModeType: kernel')), [
    'VRouter default/r: on a: expected agentModeType dpdk, got kernel: forwarding by the kernel is not built',
  ]);
});

test('a node has one router, and a VRouter names nodes that there are', () => {
  const objects = `${router('', 'nodes: [a, ghost]')}---\nVRouter: second\n`;
  assert.deepEqual(failuresOf(objects), [
    'VRouter default/r: expected the name of a node in nodes, got ghost',
    'VRouter default/second: expected one VRouter for node a, got a second one: default/r has it',
  ]);
});

test('a gateway that no port reaches is refused', () => {
  const ports =
    'ports: [{ name: up, device: net_tap0, addresses: [192.0.2.1/24], gateways: [198.51.100.1] }]';
  assert.deepEqual(failuresOf(router('', ports)), [
    'VRouter default/r: on a: port up: expected a gateway in a subnet of the port (192.0.2.1/24), got 198.51.100.1',
  ]);
});
