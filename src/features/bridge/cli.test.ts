import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { BridgeService, FdbService } from './bridge_pb.js';
import { bridgeCommands } from './cli.ts';

const ctl = new CtlBench({
  commands: bridgeCommands,
  services: [
    fakeService(BridgeService, {}),
    fakeService(FdbService, {
      async *listFdb() {
        yield {
          entries: [
            { bridge: 'br0', mac: '02:00:00:00:00:0a', iface: 'p0', flags: ['learn'], age: 7 },
            {
              bridge: 'br0',
              mac: '02:00:00:00:00:0b',
              vlan: 5,
              iface: 'x0',
              vtep: '192.0.2.1',
              flags: ['static'],
            },
          ],
        };
      },
      getFdbConfig: () => ({ config: { max: 100 }, used: 2, unlearnt: 5n }),
    }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('a bridge is made with all its attributes', async () => {
  const line =
    'interface add bridge br0 vrf red mtu 1600 ageing_time 60 mac 02:00:00:00:00:09 flood off learn on neigh_suppress on';
  assert.deepEqual(await ctl.requests(line), [
    {
      method: 'addBridge',
      request: {
        name: 'br0',
        attributes: { vrf: 'red', mtu: 1600 },
        bridge: {
          ageing_time: 60,
          mac: '02:00:00:00:00:09',
          flood: false,
          learn: true,
          neigh_suppress: true,
        },
      },
    },
  ]);
});

test('a bridge gets another name and another ageing time', async () => {
  const [call] = await ctl.requests('interface set bridge br0 name br1 ageing_time 10');
  assert.deepEqual(call?.request, {
    name: 'br0',
    new_name: 'br1',
    attributes: {},
    bridge: { ageing_time: 10 },
  });
});

test('stations are added, deleted and flushed', async () => {
  const requests = async (line: string) => (await ctl.requests(line)).map(({ request }) => request);
  assert.deepEqual(await requests('fdb add 02:00:00:00:00:0a iface p0'), [
    { mac: '02:00:00:00:00:0a', iface: 'p0' },
  ]);
  assert.deepEqual(await requests('fdb add 02:00:00:00:00:0a iface x0 vlan 5 vtep 192.0.2.1'), [
    { mac: '02:00:00:00:00:0a', iface: 'x0', vlan: 5, vtep: '192.0.2.1' },
  ]);
  assert.deepEqual(await requests('fdb del bridge br0 02:00:00:00:00:0a vlan 5'), [
    { bridge: 'br0', mac: '02:00:00:00:00:0a', vlan: 5 },
  ]);
  assert.deepEqual(await requests('fdb flush bridge br0 iface p0 mac 02:00:00:00:00:0a all'), [
    { bridge: 'br0', iface: 'p0', mac: '02:00:00:00:00:0a', all: true },
  ]);
  assert.deepEqual(await requests('fdb config set max 1000'), [{ max: 1000 }]);
});

test('the table of stations has an age for those that age', async () => {
  const { out } = await ctl.run('fdb');
  assert.deepEqual(
    out.split('\n').map((line) => line.trimEnd().split(/ {2,}/)),
    [
      ['BRIDGE', 'MAC', 'VLAN', 'IFACE', 'VTEP', 'FLAGS', 'AGE'],
      ['br0', '02:00:00:00:00:0a', 'p0', 'learn', '7'],
      ['br0', '02:00:00:00:00:0b', '5', 'x0', '192.0.2.1', 'static'],
      [''],
    ],
  );
});

test('the configuration is shown with what is used and what was not learnt', async () => {
  assert.deepEqual(await ctl.json('fdb config'), { used: 2, used_percent: 2, max: 100, unlearnt: 5 });
});
