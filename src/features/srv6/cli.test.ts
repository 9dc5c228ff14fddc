import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { srv6Commands } from './cli.ts';
import { Srv6Service } from './srv6_pb.js';

const ctl = new CtlBench({
  commands: srv6Commands,
  services: [fakeService(Srv6Service, { addSrv6Local: () => ({ id: 5 }), getTunsrc: () => ({}) })],
});
before(() => ctl.start());
after(() => ctl.close());

for (const flavors of ['psp usd', 'psp,usd'])
  test(`flavors may be given as "${flavors}"`, async () => {
    const [call] = await ctl.requests(`nexthop add srv6-local behavior end flavor ${flavors} id 5`);
    assert.deepEqual(call?.request, { id: 5, behavior: 'end', flavor: ['psp', 'usd'] });
  });

test('a flavor that is none is refused before it reaches the router', async () => {
  assert.equal((await ctl.run('nexthop add srv6-local behavior end flavor usp')).code, 1);
  assert.deepEqual(ctl.calls, []);
});

test('no address to speak from is the unspecified one', async () => {
  assert.deepEqual(await ctl.json('tunsrc show'), { tunsrc: '::' });
});

for (const words of ['flavor psp table red', 'table red flavor psp'])
  test(`end.t takes "${words}"`, async () => {
    const [call] = await ctl.requests(`nexthop add srv6-local behavior end.t ${words} id 5`);
    assert.deepEqual(call?.request, { id: 5, behavior: 'end.t', table: 'red', flavor: ['psp'] });
  });
