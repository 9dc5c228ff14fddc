import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { testRefused } from '../../engine/host/api/testing/refused.ts';
import { policeCommands } from './cli.ts';
import { PoliceService } from './police_pb.js';

const ctl = new CtlBench({ commands: policeCommands, services: [fakeService(PoliceService, {})] });
before(() => ctl.start());
after(() => ctl.close());

test('every word of a rate limit reaches the request', async () => {
  const line = 'police add gold cir 10m cbs 30000 eir 2500k ebs 40000 green 46 yellow pass red drop';
  assert.deepEqual(await ctl.requests(line), [
    {
      method: 'addPolicer',
      request: {
        name: 'gold',
        attributes: {
          cir: '10000000',
          cbs: '30000',
          eir: '2500000',
          ebs: '40000',
          green: '46',
          yellow: 'pass',
          red: 'drop',
        },
      },
    },
  ]);
});

testRefused(ctl, [
  'police add gold',
  'police add gold cir 10x',
  'police add gold cir 7999',
  'police add gold cir 1m green 64',
  'police bind gold iface p0',
  'police set gold',
]);
