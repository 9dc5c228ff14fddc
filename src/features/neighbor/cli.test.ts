import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { nexthopCommands } from './cli.ts';
import { NexthopSchema, NexthopService } from './neighbor_pb.js';

const neighbor = create(NexthopSchema, {
  vrf: 'main',
  id: 0,
  origin: 'learn',
  iface: 'p0',
  type: 'L3',
  details: {
    case: 'l3',
    value: {
      family: 'ipv4',
      address: '192.0.2.7',
      mac: '02:00:00:00:00:07',
      state: 'reachable',
      flags: ['gateway'],
    },
  },
});
const group = create(NexthopSchema, {
  vrf: 'main',
  id: 9,
  origin: 'static',
  type: 'group',
  details: {
    case: 'group',
    value: {
      members: [
        { id: 3, weight: 2 },
        { id: 4, weight: 1 },
      ],
    },
  },
});

const ctl = new CtlBench({
  commands: nexthopCommands,
  services: [
    fakeService(NexthopService, {
      addNexthop: () => ({ nexthop: { id: 12 } }),
      getNexthop: () => ({ nexthop: group }),
      async *listNexthops() {
        yield { nexthops: [neighbor] };
        yield { nexthops: [group] };
      },
      getNexthopConfig: () => ({ config: { max: 100, lifetime: 1200 }, used: 3 }),
    }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('a neighbour is added with all that is known of it', async () => {
  const line = 'nexthop add l3 iface p0 mac 02:00:00:00:00:07 address 192.0.2.7 id 5 remote';
  assert.deepEqual(await ctl.requests(line), [
    {
      method: 'addNexthop',
      request: {
        id: 5,
        l3: { iface: 'p0', address: '192.0.2.7', mac: '02:00:00:00:00:07', remote: true },
      },
    },
  ]);
});

test('the id that the router chose is told', async () => {
  assert.deepEqual(await ctl.json('nexthop add blackhole vrf red'), { id: 12 });
  assert.deepEqual(ctl.calls[0]?.request, { blackhole: { vrf: 'red' } });
  assert.equal((await ctl.run('nexthop add reject id 4')).out, '');
  assert.deepEqual(ctl.calls[0]?.request, { id: 4, reject: {} });
});

test('a next hop leads into another VRF', async () => {
  const [call] = await ctl.requests('nexthop add vrf red id 5');
  assert.deepEqual(call?.request, { id: 5, vrf: { vrf: 'red' } });
});

test('a group is added with the weights of its members', async () => {
  const [call] = await ctl.requests('nexthop add group id 9 member 3 weight 2 member 4');
  assert.deepEqual(call?.request, {
    id: 9,
    group: {
      members: [
        { id: 3, weight: 2 },
        { id: 4, weight: 1 },
      ],
    },
  });
});

test('next hops of several batches are listed', async () => {
  const { out } = await ctl.run('nexthop');
  assert.equal(
    out,
    [
      'VRF   ID  ORIGIN  IFACE  TYPE   INFO',
      'main      learn   p0     L3     family=ipv4 addr=192.0.2.7 mac=02:00:00:00:00:07 state=reachable gateway',
      'main   9  static         group  3(2) 4(1)',
      '',
    ].join('\n'),
  );
});

test('the filters of the list reach the request', async () => {
  const [call] = await ctl.requests('nexthop show type L3 internal max 5 vrf red');
  assert.deepEqual(call?.request, { vrf: 'red', type: 'L3', internal: true, max: 5 });
});

test('one next hop as JSON is an object', async () => {
  assert.deepEqual(await ctl.json('nexthop show id 9'), {
    vrf: 'main',
    id: 9,
    origin: 'static',
    iface: '',
    type: 'group',
    members: [
      { id: 3, weight: 2 },
      { id: 4, weight: 1 },
    ],
  });
});

test('next hops are removed by id and by origin', async () => {
  assert.deepEqual(await ctl.requests('nexthop del 9'), [{ method: 'deleteNexthop', request: { id: 9 } }]);
  assert.deepEqual(await ctl.requests('nexthop flush origin learn'), [
    { method: 'flushNexthops', request: { origin: 'learn' } },
  ]);
});

test('how next hops are kept is shown and changed', async () => {
  assert.deepEqual(await ctl.json('nexthop config'), {
    max: 100,
    lifetime: 1200,
    unreachable: 0,
    held_packets: 0,
    ucast_probes: 0,
    bcast_probes: 0,
    used: 3,
    used_percent: 3,
  });
  const [call] = await ctl.requests('nexthop config set held-packets 0 bcast-probes 4 max 9');
  assert.deepEqual(call?.request, { max: 9, held_packets: 0, bcast_probes: 4 });
});
