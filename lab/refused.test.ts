import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isExplained, openApi, outcomeOf } from './stress/api.ts';
import { testRouter } from './testing.ts';

// What is refused halfway must not be there halfway.

const router = await testRouter({ flags: ['-t'] });

test('a VRF that is refused for its MAC address takes none of the numbers of VRFs', async () => {
  using api = openApi(router.socket);
  const attributes = { mac: '01:00:5e:00:00:01' };
  for (let tries = 0; tries < 260; tries++) {
    const outcome = await outcomeOf(api.vrfs.addVrf({ name: 'group', attributes }));
    assert.ok(!outcome.done && outcome.code === 'EINVAL' && isExplained(outcome), JSON.stringify(outcome));
  }
  await router.ctl('interface add vrf real\ninterface del real');
});

test('a port or an address without room for its next hops is not added at all', async () => {
  await router.ctl('interface add port p0 devargs net_null0');
  const before = await state();
  const used = Number((await router.list('nexthop config show'))[0]?.used);
  await router.ctl(`nexthop config set max ${used}`);
  for (const line of ['interface add port p1 devargs net_null1', 'address add 10.1.0.1/24 iface p0']) {
    const refused = await router.attempt(line);
    assert.match(refused.stderr, /ENOSPC/, line);
    assert.deepEqual(await state(), before, line);
  }
  await router.ctl('nexthop config set max 1000');
  await router.ctl('interface add port p1 devargs net_null1\naddress add 10.1.0.1/24 iface p0');
  await router.ctl('interface del p1');
});

async function state(): Promise<readonly unknown[]> {
  const rows = ['interface show', 'address show', 'route show', 'nexthop show internal'];
  return Promise.all(rows.map((line) => router.list(line)));
}
