import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { testRefused } from '../../engine/host/api/testing/refused.ts';
import { vlanCommands } from './cli.ts';
import { VlanService } from './vlan_pb.js';

const ctl = new CtlBench({ commands: vlanCommands, services: [fakeService(VlanService, {})] });
before(() => ctl.start());
after(() => ctl.close());

test('a VLAN is made with its parent and id', async () => {
  assert.deepEqual(await ctl.requests('interface add vlan p0.5 parent p0 vlan_id 5'), [
    { method: 'addVlan', request: { name: 'p0.5', attributes: {}, vlan: { parent: 'p0', vlan_id: 5 } } },
  ]);
});

test('every attribute of a VLAN reaches the request, in any order', async () => {
  const line =
    'interface add vlan v parent p0 vlan_id 4094 proto 802.1ad vrf red mac 02:00:00:00:00:01 down mtu 1400 description x';
  const [call] = await ctl.requests(line);
  assert.deepEqual(call?.request, {
    name: 'v',
    attributes: { up: false, mtu: 1400, vrf: 'red', description: 'x' },
    vlan: { parent: 'p0', vlan_id: 4094, mac: '02:00:00:00:00:01', proto: '802.1ad' },
  });
});

test('only what is given is changed', async () => {
  assert.deepEqual(await ctl.requests('interface set vlan v name w parent p1 up'), [
    {
      method: 'setVlan',
      request: { name: 'v', new_name: 'w', attributes: { up: true }, vlan: { parent: 'p1' } },
    },
  ]);
});

testRefused(ctl, [
  'interface add vlan v parent p0',
  'interface add vlan v vlan_id 5',
  'interface add vlan v parent p0 vlan_id 0',
  'interface add vlan v parent p0 vlan_id 4095',
  'interface add vlan v parent p0 vlan_id 5 proto 0x8100',
  'interface set vlan v',
]);
