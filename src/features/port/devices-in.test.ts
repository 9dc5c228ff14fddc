import assert from 'node:assert/strict';
import { test } from 'node:test';
import { devicesIn } from './devices-in.ts';

test('the devices of a script are those of the ports that it adds, in its order', () => {
  const script = `
    # interface add port p9 devargs net_null9
    interface add port p0 devargs 0000:18:00.1 mtu 9000
    address add 10.0.0.1/24 iface p0
    int ad po p1 dev net_af_packet0,iface=eth1
    interface add vlan v1 parent p0 vlan_id 7
  `;
  assert.deepEqual(devicesIn(script), ['0000:18:00.1', 'net_af_packet0,iface=eth1']);
});

test('what comes behind a device that listens on a socket is left out', () => {
  const script = `
    interface add port p0 devargs net_null0
    interface add port p1 devargs net_vhost0,iface=/run/vhost0
    interface add port p2 devargs net_null1
  `;
  assert.deepEqual(devicesIn(script), ['net_null0']);
});
