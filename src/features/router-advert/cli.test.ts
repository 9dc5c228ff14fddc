import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { testRefused } from '../../engine/host/api/testing/refused.ts';
import { routerAdvertCommands } from './cli.ts';
import { RouterAdvertService } from './router-advert_pb.js';

const ctl = new CtlBench({
  commands: routerAdvertCommands,
  services: [
    fakeService(RouterAdvertService, {
      listRouterAdverts: () => ({
        routerAdverts: [
          { iface: 'p0', interval: 600, mtu: 1500, prefixes: ['fd00::/64'], active: true, sent: 3n },
        ],
      }),
    }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('an interface announces the router as it is told to', async () => {
  assert.deepEqual(await ctl.requests('router-advert set p0'), [
    { method: 'setRouterAdvert', request: { iface: 'p0' } },
  ]);
  assert.deepEqual(await ctl.requests('router-advert set p0 interval 30 lifetime 0'), [
    { method: 'setRouterAdvert', request: { iface: 'p0', interval: 30, lifetime: 0 } },
  ]);
  assert.deepEqual(await ctl.requests('router-advert clear p0'), [
    { method: 'clearRouterAdvert', request: { iface: 'p0' } },
  ]);
});

test('what is announced is shown as a table and as JSON', async () => {
  const { out } = await ctl.run('router-advert');
  assert.match(
    out,
    /^IFACE +RA +INTERVAL +LIFETIME +MTU +ACTIVE +SENT +SOLICITED +PREFIXES\np0 +yes +600 +0 +1500 /,
  );
  assert.deepEqual(await ctl.requests('router-advert show interface p0'), [
    { method: 'listRouterAdverts', request: { iface: 'p0' } },
  ]);
});

testRefused(ctl, [
  'router-advert set',
  'router-advert set p0 interval 3',
  'router-advert set p0 lifetime 9001',
]);
