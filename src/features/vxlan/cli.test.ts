import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { vxlanCommands } from './cli.ts';
import { VxlanService } from './vxlan_pb.js';

const ctl = new CtlBench({
  commands: vxlanCommands,
  services: [
    fakeService(VxlanService, {
      async *listFloodVteps({ vrf }) {
        if (vrf === undefined) yield { vteps: [{ vrf: 'main', vni: 100, vtep: '192.0.2.1' }] };
        yield { vteps: [{ vrf: 'red', vni: 200, vtep: '2001:db8::1' }] };
      },
    }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('a tunnel is made with its defaults', async () => {
  assert.deepEqual(await ctl.requests('interface add vxlan vx vni 100 local 192.0.2.9'), [
    {
      method: 'addVxlan',
      request: { name: 'vx', vxlan: { vni: 100, local: '192.0.2.9' }, attributes: {} },
    },
  ]);
});

test('a tunnel is made with all its attributes', async () => {
  const line =
    'interface add vxlan vx vni 16777215 local 2001:db8::9 dst_port 8472 mac 02:00:00:00:00:09 encap_vrf under vrf red mtu 1400 down';
  const [call] = await ctl.requests(line);
  assert.deepEqual(call?.request, {
    name: 'vx',
    vxlan: {
      vni: 16777215,
      local: '2001:db8::9',
      encap_vrf: 'under',
      mac: '02:00:00:00:00:09',
      dst_port: 8472,
    },
    attributes: { up: false, mtu: 1400, vrf: 'red' },
  });
});

test('a tunnel is changed in what is said and nothing else', async () => {
  assert.deepEqual(await ctl.requests('interface set vxlan vx vni 7 name vx7'), [
    { method: 'setVxlan', request: { name: 'vx', new_name: 'vx7', vxlan: { vni: 7 }, attributes: {} } },
  ]);
});

test('a VNI of more than 24 bits is no VNI', async () => {
  const { code, error } = await ctl.run('interface add vxlan vx vni 16777216 local 192.0.2.9');
  assert.notEqual(code, 0);
  assert.match(error, /16777215/);
});

test('far ends are added to and taken from flood lists', async () => {
  assert.deepEqual(await ctl.requests('flood vtep add 192.0.2.1 vni 100'), [
    { method: 'addFloodVtep', request: { vtep: '192.0.2.1', vni: 100 } },
  ]);
  assert.deepEqual(await ctl.requests('flood vtep del 2001:db8::1 vni 100 vrf red'), [
    { method: 'deleteFloodVtep', request: { vtep: '2001:db8::1', vni: 100, vrf: 'red' } },
  ]);
});

test('flood lists are shown as a table and as JSON, those of one VRF alone where it is named', async () => {
  const { out } = await ctl.run('flood vtep show');
  assert.equal(out, 'VRF   VNI  ADDR\nmain  100  192.0.2.1\nred   200  2001:db8::1\n');
  assert.deepEqual(await ctl.json('flood vtep vrf red'), [{ vrf: 'red', vni: 200, addr: '2001:db8::1' }]);
});
