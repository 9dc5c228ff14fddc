import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Host } from './host.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertPings } from './witness/ping.ts';
import { startVlanDevice, type VlanDevicePlan } from './witness/vlan-device.ts';

// tap and veth are trunks; VLAN N of the one has the networks 10.1N.0.0/24 and fd00:1N::/64, that of the other 10.2N … .
const { router, hosts } = await testTopology({ hosts: { tap: {}, veth: { link: 'veth' }, plain: {} } });
const { tap, veth, plain } = hosts;

const device = async (host: Host, plan: Omit<VlanDevicePlan, 'addresses'>, network: number) => {
  const addresses = [`10.${network}.0.2/24`, `fd00:${network}::2/64`];
  const program = await startVlanDevice(host, { ...plan, addresses });
  after(() => program.close());
  await host.ip(`
    route replace 10.0.0.0/8 via 10.${network}.0.1 dev ${plan.name}
    route replace fd00::/16 via fd00:${network}::1 dev ${plan.name}`);
};
const routed = (name: string, network: number) => `
  address add 10.${network}.0.1/24 iface ${name}
  address add fd00:${network}::1/64 iface ${name}`;

await router.ctl(`
  interface add vlan tap.5 parent tap vlan_id 5
  ${routed('tap.5', 15)}
  interface add vlan veth.6 parent veth vlan_id 6 mac 02:00:00:00:00:66
  ${routed('veth.6', 26)}
`);
await device(tap, { parent: tap.device, name: 'v5', vlanId: 5, priority: 3 }, 15);
await device(veth, { parent: veth.device, name: 'v6', vlanId: 6 }, 26);

for (const family of ['10.26.0.2', 'fd00:26::2']) {
  test(`a VLAN on a TAP reaches one on a veth pair: ${family}`, async () => {
    await using onTap = await startCapture(tap, tap.device);
    await assertPings(tap, family);
    const tags = await onTap.dissected('(icmp.type == 8 || icmpv6.type == 128)', [
      'vlan.id',
      'vlan.priority',
    ]);
    assert.deepEqual([...new Set(tags)], ['5\t3']);
    const answers = await onTap.dissected('(icmp.type == 0 || icmpv6.type == 129)', [
      'vlan.id',
      'vlan.priority',
      'vlan.etype',
    ]);
    assert.deepEqual(
      [...new Set(answers)].map((line) => line.split('\t').slice(0, 2).join(' ')),
      ['5 0'],
    );
    assert.deepEqual(await onTap.faulty(), []);
  });
}

test('the parents go on receiving what has no tag', async () => {
  await assertPings(plain, tap.ip4);
  await assertPings(plain, veth.ip6);
});
