import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween, changesText } from './changes.ts';
import { numbered } from './numbered.ts';
import { piecesOf, type RouterPlan } from './pieces.ts';

const way = (encapsulation: 'mplsoudp' | 'vxlan', number: number) =>
  ({ kind: 'tunnel', encapsulation, farEnd: '10.9.0.2', number }) as const;

test('a plan becomes lines of ctl, in an order in which each finds what it needs', () => {
  const text = changesText(changesBetween(piecesOf(plan()), new Set(['vrf main'])));
  const ids = numbered(['mplsoudp 10.9.0.2', 'mplsoudp 10.9.0.2 2000', 'vxlan 10.9.0.2 1001', 'reject red']);
  const named = [...ids].reduce((all, [name, id]) => all.replaceAll(String(id), `<${name}>`), text);
  assert.equal(
    named,
    `+ interface add vrf red
+ interface add port core devargs net_tap0 mtu 1600
+ address add 10.9.0.1/24 iface core
+ label add 2000 vrf red
+ interface add vxlan vx1000 vni 1000 local 10.9.0.1 mac 02:00:0a:09:00:01 vrf red
+ nexthop add reject id <reject red> vrf red
+ nexthop add mplsoudp remote 10.9.0.2 id <mplsoudp 10.9.0.2>
+ nexthop add mpls label 2000 via <mplsoudp 10.9.0.2> id <mplsoudp 10.9.0.2 2000>
+ fdb add 02:00:0a:09:00:02 iface vx1001 vtep 10.9.0.2
+ nexthop add l3 iface vx1001 id <vxlan 10.9.0.2 1001> address 10.9.0.2 mac 02:00:0a:09:00:02 remote
+ route add 10.1.0.0/24 via id <reject red> vrf red
+ route add 10.2.0.0/24 via id <mplsoudp 10.9.0.2 2000> vrf red
+ route add 10.3.0.0/24 via id <vxlan 10.9.0.2 1001> vrf red
`,
  );
});

test('what is there is left alone, and what nobody plans any more goes, users first', () => {
  const keys = piecesOf(plan()).list.map(({ key }) => key);
  const stale = [
    'nexthop 33554440',
    'route red 10.7.0.0/24 33554440',
    'vxlan vx7',
    'port pods',
    'label 7 blue',
  ];
  const { add, remove } = changesBetween(piecesOf(plan()), new Set([...keys, ...stale]));
  assert.deepEqual(add, []);
  assert.deepEqual(remove, [
    'route del 10.7.0.0/24 vrf red',
    'label del 7',
    'nexthop del 33554440',
    'interface del vx7',
  ]);
});

test('a route or label that leads elsewhere is replaced in its place', () => {
  const keys = piecesOf(plan()).list.map(({ key }) => key);
  const before = keys.map((key) => key.replace(/^(route red 10\.2\.0\.0\/24) .*/, '$1 33554440'));
  const { add, remove } = changesBetween(piecesOf(plan()), new Set([...before, 'nexthop 33554440']));
  assert.match(add.join(), /^route add 10\.2\.0\.0\/24 via id \d+ vrf red$/);
  assert.deepEqual(remove, ['nexthop del 33554440']);
});

test('ids follow from what they name, and meet nowhere', () => {
  const texts = Array.from({ length: 20_000 }, (_, index) => `mplsoudp 10.0.${index >> 8}.${index & 255}`);
  const ids = numbered(texts);
  assert.equal(new Set(ids.values()).size, texts.length);
  assert.deepEqual(numbered([...texts].reverse()).get('mplsoudp 10.0.5.5'), ids.get('mplsoudp 10.0.5.5'));
});

function plan(): RouterPlan {
  return {
    underlay: { addresses: ['10.9.0.1'], mtu: 1500, encapsulations: ['mplsoudp', 'vxlan'] },
    ports: [{ name: 'core', device: 'net_tap0', vrf: 'main', mtu: 1600, addresses: ['10.9.0.1/24'] }],
    vrfs: [
      { id: 0, name: 'main', networks: [], routes: [] },
      {
        id: 1,
        name: 'red',
        networks: ['default/red'],
        routes: [
          { prefix: '10.1.0.0/24', way: { kind: 'unreachable', reason: 'a block of this node' } },
          { prefix: '10.2.0.0/24', way: way('mplsoudp', 2000) },
          { prefix: '10.3.0.0/24', way: way('vxlan', 1001) },
        ],
      },
    ],
    networks: [
      {
        name: 'default/red',
        type: 'L3',
        id: 1,
        vrf: 'red',
        encapsulations: ['mplsoudp', 'vxlan'],
        vni: 1000,
        label: 2000,
        mtu: 1450,
        routerMac: '00:00:5e:00:01:00',
        gateways: [],
        imports: [],
        flood: [],
      },
    ],
  };
}
