import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { vrfCommands } from './cli.ts';
import { VrfService } from './vrf_pb.js';

const ctl = new CtlBench({ commands: vrfCommands, services: [fakeService(VrfService, {})] });
before(() => ctl.start());
after(() => ctl.close());

test('a VRF is made with its defaults', async () => {
  assert.deepEqual(await ctl.requests('interface add vrf red'), [
    { method: 'addVrf', request: { name: 'red', attributes: {} } },
  ]);
});

test('a VRF is made with all its attributes', async () => {
  const line =
    'interface add vrf red fib4-tbl8 256 rib4-routes 1000 rib6-routes 10 fib6-tbl8 20 mac 02:00:00:00:00:09 description x';
  const [call] = await ctl.requests(line);
  assert.deepEqual(call?.request, {
    name: 'red',
    attributes: {
      rib4_routes: 1000,
      fib4_tbl8: 256,
      rib6_routes: 10,
      fib6_tbl8: 20,
      mac: '02:00:00:00:00:09',
      description: 'x',
    },
  });
});

test('a VRF gets another name', async () => {
  assert.deepEqual(await ctl.requests('interface set vrf red name blue'), [
    { method: 'setVrf', request: { name: 'red', new_name: 'blue', attributes: {} } },
  ]);
});
