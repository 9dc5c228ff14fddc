import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toJson } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect';
import { guardImplementations } from '../../engine/host/api/guard.ts';
import { NexthopSchema, NexthopService } from './neighbor_pb.js';
import { nexthopService } from './service.ts';
import { HOST_MAC } from './testing/link-bench.ts';
import { Neighborhood } from './testing/neighborhood.ts';

describe('NexthopService', () => {
  it('adds a neighbour and shows all that is known of it', async () => {
    const { client, hood } = await open();
    const kind = { case: 'l3', value: { iface: 'p0', address: '10.0.0.2' } } as const;
    await client.addNexthop({ id: 4, kind });
    const found = hood.hops.indexOf(4) ?? 0;
    hood.hops.use(found);
    hood.sendVia(found, '198.51.100.1');
    assert.deepEqual(await show(client, 4), {
      vrf: 'red',
      id: 4,
      origin: 'static',
      iface: 'p0',
      type: 'L3',
      l3: { family: 'ipv4', address: '10.0.0.2', state: 'pending', flags: ['gateway'], held_packets: 1 },
    });
    hood.answer('10.0.0.2');
    hood.nowMs += 7000;
    const { l3 } = await show(client, 4);
    assert.deepEqual(l3, {
      family: 'ipv4',
      address: '10.0.0.2',
      mac: HOST_MAC,
      state: 'reachable',
      flags: ['gateway'],
      last_reply_age: 7,
    });
  });

  it('adds the other types', async () => {
    const { client } = await open();
    await client.addNexthop({ id: 1, kind: { case: 'blackhole', value: {} } });
    await client.addNexthop({ id: 2, origin: 'bgp', kind: { case: 'reject', value: { vrf: 'red' } } });
    const members = [
      { id: 1, weight: 0 },
      { id: 2, weight: 5 },
    ];
    const { nexthop } = await client.addNexthop({ kind: { case: 'group', value: { members } } });
    assert.equal(nexthop?.id, 3);
    assert.deepEqual(await show(client, 1), { vrf: 'main', id: 1, origin: 'static', type: 'blackhole' });
    assert.deepEqual(await show(client, 2), { vrf: 'red', id: 2, origin: 'bgp', type: 'reject' });
    const group = {
      members: [
        { id: 1, weight: 1 },
        { id: 2, weight: 5 },
      ],
    };
    assert.deepEqual(await show(client, 3), { id: 3, origin: 'static', type: 'group', group });
  });

  it('says of a remote neighbour and of a plain interface what they are', async () => {
    const { client } = await open();
    const remote = { iface: 'p0', address: '2001:db8::7', mac: HOST_MAC, remote: true };
    await client.addNexthop({ id: 1, kind: { case: 'l3', value: remote } });
    await client.addNexthop({ id: 2, kind: { case: 'l3', value: { iface: 'p0' } } });
    assert.deepEqual((await show(client, 1)).l3, {
      family: 'ipv6',
      address: '2001:db8::7',
      mac: HOST_MAC,
      state: 'reachable',
      flags: ['static', 'remote'],
    });
    assert.deepEqual((await show(client, 2)).l3, { state: 'reachable', flags: ['link'] });
  });

  it('lists by VRF, type and number, the router’s own only when asked', async () => {
    const { client, hood } = await open();
    hood.send('10.0.0.2');
    await client.addNexthop({ id: 1, kind: { case: 'blackhole', value: {} } });
    await client.addNexthop({ id: 2, kind: { case: 'reject', value: { vrf: 'red' } } });
    assert.deepEqual(await list(client, {}), ['main 1 blackhole', 'red 0 L3', 'red 2 reject']);
    assert.deepEqual(await list(client, { vrf: 'red' }), ['red 0 L3', 'red 2 reject']);
    assert.deepEqual(await list(client, { type: 'l3', internal: true }), ['red 0 L3', 'red 0 L3']);
    assert.deepEqual(await list(client, { max: 1 }), ['main 1 blackhole']);
    await refuses(Code.InvalidArgument, list(client, { type: 'srv7' }));
    await refuses(Code.NotFound, list(client, { vrf: 'blue' }));
  });

  it('lists many in batches', async () => {
    const { client } = await open();
    for (let id = 1; id <= 300; id++) await client.addNexthop({ id, kind: { case: 'blackhole', value: {} } });
    assert.equal((await list(client, {})).length, 300);
  });

  it('removes and flushes', async () => {
    const { client, hood } = await open();
    hood.send('10.0.0.2');
    await client.addNexthop({ id: 1, kind: { case: 'blackhole', value: {} } });
    await client.deleteNexthop({ id: 1 });
    assert.deepEqual(await client.flushNexthops({ origin: 'learn' }).then(({ count }) => count), 1);
    assert.deepEqual(await list(client, {}), []);
  });

  it('changes how neighbours are kept, all or nothing', async () => {
    const { client } = await open();
    const { config } = await client.setNexthopConfig({ lifetime: 60, ucastProbes: 0 });
    assert.deepEqual([config?.lifetime, config?.ucastProbes, config?.max], [60, 0, 131072]);
    await refuses(Code.InvalidArgument, client.setNexthopConfig({ lifetime: 70, bcastProbes: 0 }));
    await refuses(Code.InvalidArgument, client.setNexthopConfig({ max: 1048576 }));
    const now = await client.getNexthopConfig({});
    assert.deepEqual([now.config?.lifetime, now.used], [60, 0]);
  });

  it('refuses requests that make no sense', async () => {
    const { client, hood } = await open();
    hood.interfaces.add({ id: 9, name: 'red', type: 'vrf', outputStage: undefined });
    const add = (value: object) =>
      client.addNexthop({ kind: { case: 'l3', value: { iface: 'p0', ...value } } });
    await refuses(Code.NotFound, add({ iface: 'p9' }));
    await refuses(Code.InvalidArgument, add({ iface: 'red' }));
    await refuses(Code.InvalidArgument, add({ address: '10.0.0' }));
    await refuses(Code.InvalidArgument, add({ mac: 'zz' }));
    await refuses(Code.InvalidArgument, client.addNexthop({}));
    await refuses(Code.NotFound, client.getNexthop({ id: 9 }));
  });
});

async function open() {
  const hood = await Neighborhood.open();
  const { hops, users, interfaces } = hood;
  const { register } = nexthopService({ hops, users, interfaces, nowMs: () => hood.nowMs });
  const interceptors = [guardImplementations({ onFault: () => {}, settled: async () => {}, stallMs: 1000 })];
  const client = createClient(NexthopService, createRouterTransport(register, { router: { interceptors } }));
  return { hood, client };
}

type Client = Awaited<ReturnType<typeof open>>['client'];

async function show(client: Client, id: number) {
  const { nexthop } = await client.getNexthop({ id });
  assert.ok(nexthop);
  return toJson(NexthopSchema, nexthop);
}

async function list(client: Client, request: Parameters<Client['listNexthops']>[0]) {
  const lines: string[] = [];
  for await (const { nexthops } of client.listNexthops(request)) {
    lines.push(...nexthops.map(({ vrf, id, type }) => `${vrf} ${id} ${type}`));
  }
  return lines;
}

async function refuses(code: Code, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => error instanceof ConnectError && error.code === code);
}
