import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { testRefused } from '../../engine/host/api/testing/refused.ts';
import { macCommands } from './cli.ts';
import { MacService } from './mac_pb.js';

const macs = [
  { iface: 'p0', mac: '02:00:00:00:aa:01', refcnt: 2 },
  { iface: 'p0.7', mac: '01:00:5e:00:00:fb', refcnt: 1 },
];
const ctl = new CtlBench({
  commands: macCommands,
  services: [fakeService(MacService, { listMacs: () => ({ macs }) })],
});
before(() => ctl.start());
after(() => ctl.close());

for (const [word, method] of [
  ['add', 'addMac'],
  ['del', 'deleteMac'],
  ['set', 'setMac'],
] as const) {
  test(`mac ${word} names an address and an interface`, async () => {
    assert.deepEqual(await ctl.requests(`mac ${word} 02:00:00:00:AA:01 iface p0`), [
      { method, request: { iface: 'p0', mac: '02:00:00:00:aa:01' } },
    ]);
  });
}

test('further addresses are listed with how many have asked for them', async () => {
  const { out } = await ctl.run('mac');
  assert.equal(
    out,
    [
      'IFACE  MAC                REFCNT',
      'p0     02:00:00:00:aa:01       2',
      'p0.7   01:00:5e:00:00:fb       1',
      '',
    ].join('\n'),
  );
  assert.deepEqual(await ctl.json('mac show'), macs);
});

test('only those of one interface are asked for', async () => {
  assert.deepEqual(await ctl.requests('mac show iface p0'), [
    { method: 'listMacs', request: { iface: 'p0' } },
  ]);
});

testRefused(ctl, ['mac add 02:00:00:00:00 iface p0', 'mac add 02:00:00:00:00:01', 'mac del iface p0']);
