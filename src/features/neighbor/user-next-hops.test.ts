import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiError } from '../../engine/api-error.ts';
import { parseAddress } from '../../net/address.ts';
import { parseMac } from '../../net/mac.ts';
import type { Station } from './next-hop.ts';
import { HOST_MAC, IFACE, VRF } from './testing/link-bench.ts';
import { Neighborhood } from './testing/neighborhood.ts';
import type { WantedNextHop } from './user-next-hops.ts';

describe('next hops of users', () => {
  it('have the id that is asked for, or the next free one', async () => {
    const { users } = await Neighborhood.open();
    assert.equal(users.add(reject({ id: 1 })).id, 1);
    assert.equal(users.add(reject({})).id, 2);
    assert.equal(users.add(station({ address: '10.0.0.2' })).id, 3);
  });

  it('with a given MAC are ready at once, and stay as they are', async () => {
    const hood = await Neighborhood.open();
    const { index } = hood.users.add(station({ address: '10.0.0.2', mac: HOST_MAC }));
    hood.sendVia(index, '198.51.100.1');
    assert.match(hood.look().sent.join(), new RegExp(`> ${HOST_MAC} ipv4, 192.0.2.9 > 198.51.100.1`));
    hood.answer('10.0.0.2', '02:00:00:00:00:0b');
    hood.pass(5000);
    hood.sendVia(index, '198.51.100.1');
    assert.match(hood.look().sent.join(), new RegExp(`> ${HOST_MAC} ipv4`));
  });

  it('without a MAC are asked for when a packet takes them, and never forgotten', async () => {
    const hood = await Neighborhood.open();
    const { index } = hood.users.add(station({ address: '10.0.0.2' }));
    assert.deepEqual(hood.look().sent, []);
    hood.sendVia(index, '198.51.100.1');
    assert.equal(hood.look().sent.length, 1);
    hood.pass(600);
    assert.equal(hood.stateOf('10.0.0.2'), 'failed');
    assert.equal(hood.hops.find(index)?.id, 1);
  });

  it('without an address resolve whatever a packet is sent to', async () => {
    const hood = await Neighborhood.open();
    const { index } = hood.users.add(station({}));
    hood.sendVia(index, '198.51.100.1');
    assert.match(hood.look().sent.join(), /arp who-has 198.51.100.1 tell 10.0.0.1/);
  });

  it('replace the one with the same id in its place', async () => {
    const hood = await Neighborhood.open();
    const first = hood.users.add(station({ id: 7, address: '10.0.0.2', mac: HOST_MAC }));
    hood.hops.use(first.index);
    const second = hood.users.add(reject({ id: 7 }));
    assert.equal(second.index, first.index);
    assert.deepEqual(hood.notices.length, 2);
    const third = hood.users.add(station({ id: 7, address: '10.0.0.3', mac: HOST_MAC }));
    hood.sendVia(third.index, '198.51.100.1');
    assert.equal(hood.look().sent.length, 1);
  });

  it('take over a neighbour that was learnt, with what is known of it', async () => {
    const hood = await Neighborhood.open();
    hood.send('10.0.0.2');
    hood.answer('10.0.0.2');
    const learnt = hood.hops.resolve(hood.iface, parseAddress('10.0.0.2'));
    const taken = hood.users.add(station({ id: 9, address: '10.0.0.2' }));
    assert.equal(taken.index, learnt);
    assert.equal(hood.stateOf('10.0.0.2'), 'reachable');
    hood.users.add(station({ id: 9, address: '10.0.0.2', mac: '02:00:00:00:00:0c' }));
    assert.deepEqual(hood.hops.neighbors.find(learnt)?.mac, parseMac('02:00:00:00:00:0c'));
  });

  it('are refused where they make no sense', async () => {
    const { users } = await Neighborhood.open();
    users.add(station({ id: 1, address: '10.0.0.2' }));
    users.add(group({ id: 2, members: [[1, 1]] }));
    users.add(inVrf({ id: 3 }));
    const cases: readonly [string, WantedNextHop][] = [
      ['EINVAL', reject({ id: 0 })],
      ['EINVAL', { ...reject({}), origin: 'learn' }],
      ['EINVAL', { ...reject({}), origin: 'No Such' }],
      ['EINVAL', station({ address: '224.0.0.1' })],
      ['EINVAL', station({ address: '127.0.0.1' })],
      ['EINVAL', station({ address: '255.255.255.255' })],
      ['EINVAL', station({ address: '10.0.0.3', mac: '01:00:00:00:00:01' })],
      ['EINVAL', station({ address: '10.0.0.3', remote: true })],
      ['EINVAL', station({ mac: HOST_MAC, remote: true })],
      ['EEXIST', station({ id: 4, address: '10.0.0.2' })],
      ['ENOENT', group({ members: [[99, 1]] })],
      ['ELOOP', group({ members: [[2, 1]] })],
      ['ELOOP', group({ id: 1, members: [[1, 1]] })],
      ['ELOOP', group({ members: [[3, 1]] })],
      ['ELOOP', inVrf({ id: 1 })],
      [
        'EINVAL',
        group({
          members: [
            [1, 1],
            [1, 2],
          ],
        }),
      ],
      ['EINVAL', group({ members: [[1, 70000]] })],
    ];
    for (const [code, wanted] of cases) {
      assert.throws(
        () => users.add(wanted),
        (error) => error instanceof ApiError && error.code === code,
      );
    }
  });

  it('are not removed while somebody uses them, who is named', async () => {
    const { users, hops } = await Neighborhood.open();
    const { index } = users.add(station({ id: 1, address: '10.0.0.2' }));
    users.add(group({ id: 2, members: [[1, 1]] }));
    hops.use(index);
    assert.throws(() => users.remove(1), {
      code: 'EBUSY',
      message: `delete next hop 1: expected a next hop that nobody uses, got group 2, route via ${index}`,
    });
    hops.nameUsers((nextHop) => (nextHop === index ? ['label 100'] : []));
    assert.throws(() => users.remove(1), { message: /got group 2, label 100, route via/ });
    hops.unuse(index);
    users.remove(2);
    users.remove(1);
    assert.throws(() => users.remove(1), { code: 'ENOENT' });
  });

  it('are told in events', async () => {
    const { users, router } = await Neighborhood.open();
    users.add(reject({ id: 1 }));
    users.add(station({ id: 2, address: '10.0.0.2', mac: HOST_MAC }));
    users.add(group({ id: 3, members: [[1, 1]] }));
    users.remove(3);
    assert.deepEqual(router.events, [
      'nh new: type=reject id=1 vrf=main origin=static',
      `nh new: type=L3 id=2 iface=p0 vrf=red origin=static 10.0.0.2 mac=${HOST_MAC} state=reachable`,
      'nh new: type=group id=3 origin=static',
      'nh del: type=group id=3 origin=static',
    ]);
  });

  it('are flushed by origin where nobody uses them', async () => {
    const hood = await Neighborhood.open();
    for (const host of ['10.0.0.2', '10.0.0.3']) hood.send(host);
    hood.hops.use(hood.hops.resolve(hood.iface, parseAddress('10.0.0.3')));
    hood.users.add(reject({ id: 1 }));
    assert.equal(hood.users.flush('learn'), 1);
    assert.equal(hood.users.flush('static'), 1);
    assert.throws(() => hood.users.flush('bgp'), { code: 'EINVAL' });
    assert.equal(hood.stateOf('10.0.0.3'), 'pending');
  });

  it('of a group share its flows, also while members come and go', async () => {
    const hood = await Neighborhood.open();
    const macs = [1, 2, 3].map((n) => `02:00:00:00:00:1${n}`);
    macs.forEach((mac, i) => {
      hood.users.add(station({ id: i + 1, address: `10.0.0.1${i}`, mac }));
    });
    const { index } = hood.users.add(
      group({
        id: 10,
        members: [
          [1, 3],
          [2, 1],
        ],
      }),
    );
    const before = takers(hood, index);
    assert.deepEqual([...new Set(before)].sort(), macs.slice(0, 2));
    hood.users.add(
      group({
        id: 10,
        members: [
          [1, 3],
          [2, 1],
          [3, 4],
        ],
      }),
    );
    const after = takers(hood, index);
    after.forEach((mac, flow) => {
      assert.ok(mac === before[flow] || mac === macs[2]);
    });
    assert.equal(new Set(after).size, 3);
    await hood.interfaces.remove(hood.iface);
    hood.sendFlow(index, '198.51.100.1');
    assert.deepEqual(hood.look(), { sent: [], ended: { 'group-empty': 1 } });
  });
});

describe('next hops of the router', () => {
  it('stand for an interface’s subnets once, and for our addresses as long as they are used', async () => {
    const { hops, iface } = await Neighborhood.open();
    assert.equal(hops.connected(iface), hops.connected(iface));
    const local = hops.local(iface, parseAddress('10.0.0.1'));
    hops.use(local, 2);
    hops.unuse(local);
    assert.deepEqual(hops.show(local), { id: 0, type: 'L3', iface: 'p0', address: '10.0.0.1' });
    hops.unuse(local);
    assert.equal(hops.find(local), undefined);
  });
});

/** The MAC addresses that take each of 64 flows. */
function takers(hood: Neighborhood, nextHop: number): readonly string[] {
  return Array.from({ length: 64 }, (_, i) => {
    hood.sendFlow(nextHop, `198.51.100.${i + 1}`);
    return /> (\S+) ipv4/.exec(hood.look().sent.join())?.[1] ?? '';
  });
}

function station(fields: {
  readonly id?: number;
  readonly address?: string;
  readonly mac?: string;
  readonly remote?: boolean;
}): WantedNextHop & { readonly target: Station } {
  const target = {
    type: 'L3',
    iface: IFACE,
    address: fields.address === undefined ? undefined : parseAddress(fields.address),
    mac: fields.mac === undefined ? undefined : parseMac(fields.mac),
    remote: fields.remote ?? false,
  } as const;
  return { id: fields.id, origin: 'static', vrf: VRF, target };
}

function reject(fields: { readonly id?: number }): WantedNextHop {
  return { id: fields.id, origin: 'static', vrf: 1, target: { type: 'reject' } };
}

function group(fields: {
  readonly id?: number;
  readonly members: readonly (readonly [number, number])[];
}): WantedNextHop {
  const members = fields.members.map(([id, weight]) => ({ id, weight }));
  return { id: fields.id, origin: 'static', vrf: 0, target: { type: 'group', members } };
}

function inVrf(fields: { readonly id: number }): WantedNextHop {
  return { id: fields.id, origin: 'static', vrf: VRF, target: { type: 'vrf', iface: IFACE + 1 } };
}
