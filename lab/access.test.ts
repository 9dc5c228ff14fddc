import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connectRouter } from '../src/engine/client/router-client.ts';
import { serviceRef } from '../src/engine/client/service-types.ts';
import type { AccessService } from '../src/features/access/access_pb.js';
import { testRouter } from './testing.ts';

const access = serviceRef<typeof AccessService>('millrace.access.v1.AccessService');
const router = await testRouter({ config: 'interface add port trunk devargs net_null0,no-rx=1' });
const client = connectRouter({ socketPath: router.socket });
after(() => client.close());

const request = {
  name: 'pod1',
  description: 'eth0 of default/web',
  vrf: 'main',
  mtu: 1400,
  mac: '00:00:5e:00:01:00',
  vlan: { parent: 'trunk', vlan_id: 1 },
  station: {
    mac: '02:00:00:00:00:07',
    addresses: [
      { address: '10.0.0.7', gateway: '10.0.0.1', nexthop_id: 101 },
      { address: '10.0.0.8', gateway: '10.0.0.1', nexthop_id: 102 },
      { address: 'fd00::7', gateway: 'fd00::1', nexthop_id: 103 },
    ],
  },
};

test('one call leads to every address of a station, and one takes all of it away', async () => {
  await client.call(access, 'addAccess', request);
  assert.deepEqual(await hostRoutes(), [
    '10.0.0.1/32',
    '10.0.0.7/32',
    '10.0.0.8/32',
    'fd00::1/128',
    'fd00::7/128',
  ]);
  await router.ctl('interface del pod1');
  assert.deepEqual(await hostRoutes(), []);
});

test('what cannot be led to leaves nothing: no interface, address, next hop or route', async () => {
  const before = await everything();
  const refuse = (change: object) => client.call(access, 'addAccess', { ...request, ...change });
  const [first, ...others] = request.station.addresses;
  const twice = { ...request.station, addresses: [first, { ...first, address: '10.0.0.0.7' }, ...others] };
  await assert.rejects(refuse({ station: twice }), { code: 'EINVAL', message: /10\.0\.0\.0\.7/ });
  await assert.rejects(refuse({ station: undefined }), { code: 'EINVAL', message: /expected a station/ });
  await assert.rejects(refuse({ vlan: undefined }), { code: 'EINVAL', message: /a vlan or devargs/ });
  await assert.rejects(refuse({ vrf: 'nowhere' }), { code: 'ENODEV' });
  await assert.rejects(refuse({ vlan: { parent: 'trunk', vlan_id: 5000 } }), { code: 'ERANGE' });
  assert.deepEqual(await everything(), before);
});

test('a gateway that others have, too, is led to us once, and until the last of them goes', async () => {
  await client.call(access, 'addAccess', request);
  const [led] = await gatewayRoutes();
  assert.match(String(led), /pod1/);
  const second = { mac: '02:00:00:00:00:09', addresses: [stationAddress('10.0.0.9', 109)] };
  const vlan = { parent: 'trunk', vlan_id: 2 };
  await client.call(access, 'addAccess', { ...request, name: 'pod2', vlan, station: second });
  assert.deepEqual(await gatewayRoutes(), [led]);
  const [added] = (await router.list('nexthop show')).filter(
    ({ type, iface }) => type === 'local' && iface === 'pod2',
  );
  assert.equal(added, undefined);
  await router.ctl('interface del pod1');
  assert.match(String(await gatewayRoutes()), /pod2/);
  await router.ctl('interface del pod2');
  assert.deepEqual(await gatewayRoutes(), []);
});

function stationAddress(address: string, nexthop_id: number) {
  return { address, gateway: '10.0.0.1', nexthop_id };
}

async function gatewayRoutes(): Promise<readonly string[]> {
  const routes = await router.list('route show vrf main');
  return routes
    .filter(({ destination }) => destination === '10.0.0.1/32')
    .map((route) => JSON.stringify(route));
}

async function hostRoutes(): Promise<readonly string[]> {
  const routes = await router.list('route show vrf main');
  const all = routes.map(({ destination }) => String(destination));
  return all.filter((destination) => /^(10\.0\.0\.|fd00::)/.test(destination)).sort();
}

async function everything(): Promise<readonly object[]> {
  const lists = ['interface show', 'address show', 'nexthop show', 'route show vrf main'];
  return Promise.all(lists.map((list) => router.list(list)));
}
