import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { testRefused } from '../../engine/host/api/testing/refused.ts';
import { BondService } from './bond_pb.js';
import { bondCommands } from './cli.ts';

const ctl = new CtlBench({ commands: bondCommands, services: [fakeService(BondService, {})] });
before(() => ctl.start());
after(() => ctl.close());

test('a bond is made with all its attributes', async () => {
  const line = 'interface add bond bond0 mode lacp vrf red mtu 1400 balance l3+l4 mac 02:00:00:00:00:09 down';
  assert.deepEqual(await ctl.requests(line), [
    {
      method: 'addBond',
      request: {
        name: 'bond0',
        attributes: { up: false, mtu: 1400, vrf: 'red' },
        bond: { mode: 'lacp', balance: 'l3+l4', mac: '02:00:00:00:00:09' },
      },
    },
  ]);
});

test('only what is given is changed', async () => {
  const [call] = await ctl.requests('interface set bond bond0 name bond1 primary p0 mode active-backup');
  assert.deepEqual(call?.request, {
    name: 'bond0',
    new_name: 'bond1',
    attributes: {},
    bond: { mode: 'active-backup', primary: 'p0' },
  });
});

testRefused(ctl, [
  'interface add bond bond0',
  'interface add bond bond0 mode round-robin',
  'interface add bond bond0 mode lacp balance l4',
  'interface add bond bond0 mode active-backup primary p0',
  'interface set bond bond0',
]);
