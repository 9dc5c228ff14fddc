import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween, changesText } from './changes.ts';
import { numbered } from './numbered.ts';
import { piecesOf } from './pieces.ts';
import { planOfNode } from './testing/plan.ts';

const nothing = new Set<string>();

test('a plan becomes lines of ctl, in an order in which each finds what it needs', () => {
  const text = changesText(changesBetween(piecesOf(planOfNode()), { keys: nothing, made: nothing }));
  assert.equal(
    withNames(text),
    `+ interface add vrf red
+ interface add vrf blue
+ interface add port core devargs net_tap0 mtu 1600 vrf main
+ address add 10.9.0.1/24 iface core
+ label add 2000 vrf red
+ interface add vxlan vx1000 vni 1000 local 10.9.0.1 mac 02:00:0a:09:00:01 vrf red mtu 1450
+ interface add vrf gw_00007
+ interface add bridge lan vrf gw_00007 mac 00:00:5e:00:01:00 mtu 1450
+ address add 10.7.0.1/24 iface lan
+ interface add vxlan vx7 vni 7 local 10.9.0.1 domain lan mtu 1450
+ flood vtep add 10.9.0.2 vni 7
+ interface add vxlan vx1001 vni 1001 local 10.9.0.1 mac 02:00:0a:09:00:01 vrf red mtu 1450
+ nexthop add l3 iface core id <gateway core 10.9.0.254> address 10.9.0.254
+ nexthop add reject id <reject red> vrf red
+ nexthop add mplsoudp remote 10.9.0.2 id <mplsoudp 10.9.0.2>
+ fdb add 02:00:0a:09:00:02 iface vx1001 vtep 10.9.0.2
+ nexthop add l3 iface vx1001 id <vxlan 10.9.0.2 1001> address 10.9.0.2 mac 02:00:0a:09:00:02 remote
+ nexthop add vrf blue id <vrf blue>
+ nexthop add mpls label 2000 via <mplsoudp 10.9.0.2> id <mplsoudp 10.9.0.2 2000>
+ route add 0.0.0.0/0 via id <gateway core 10.9.0.254> vrf main
+ route add 10.1.0.0/24 via id <reject red> vrf red
+ route add 10.2.0.0/24 via id <mplsoudp 10.9.0.2 2000> vrf red
+ route add 10.3.0.0/24 via id <vxlan 10.9.0.2 1001> vrf red
+ route add 10.4.0.0/24 via id <vrf blue> vrf red
`,
  );
});

test('of what nobody plans any more goes what was made, users first, and what others have added stays', () => {
  const pieces = piecesOf(planOfNode());
  const [stale, id] = [['port old 1500 main net_tap7', 'vrf old', 'address old 10.8.0.1/24'], 33554440];
  const ours = [`nexthop ${id}`, `route red 10.7.0.0/24 ${id}`, 'vxlan vx8 10.9.0.1 m red', 'label 7 blue'];
  const others = ['port pods 1500 main net_af_xdp', 'vxlan vx9 10.9.0.1 m red', 'label 8 blue', 'vrf hand'];
  const keys = new Set([...pieces.map(({ key }) => key), ...ours, ...stale, ...others]);
  const made = new Set(['port old', 'vrf old', 'address old 10.8.0.1/24', 'vxlan vx8', 'label 7']);
  const { add, remove } = changesBetween(pieces, { keys, made });
  assert.deepEqual(add, []);
  assert.deepEqual(
    remove.map(({ line }) => line),
    [
      'route del 10.7.0.0/24 vrf red',
      'label del 7',
      `nexthop del ${id}`,
      'interface del vx8',
      'address del 10.8.0.1/24 iface old',
      'interface del old',
      'interface del old',
    ],
  );
});

for (const [what, key, before, lines] of [
  [
    'a route',
    'route red 10.2.0.0/24',
    'route red 10.2.0.0/24 33554440',
    /^route add 10.2.0.0\/24 via id \d+ vrf red$/,
  ],
  ['a label', 'label 2000', 'label 2000 blue', /^label add 2000 vrf red$/],
  [
    'a VXLAN',
    'vxlan vx1000',
    'vxlan vx1000 10.9.0.7 m red',
    /^interface set vxlan vx1000 local 10.9.0.1 mac \S+ vrf red mtu 1450$/,
  ],
  ['an MTU', 'port core', 'port core 1500 main net_tap0', /^interface set port core mtu 1600 vrf main$/],
  [
    'a device',
    'port core',
    'port core 1600 main net_tap9',
    /^interface del core,interface add port core devargs net_tap0/,
  ],
  [
    'a bridge',
    'bridge lan',
    'bridge lan gw_00007 m 1400',
    /^interface set bridge lan vrf gw_00007 mac \S+ mtu 1450$/,
  ],
] as const) {
  test(`${what} that is another one than planned is changed in its place`, () => {
    const pieces = piecesOf(planOfNode());
    const keys = new Set(pieces.map((each) => (each.key.startsWith(`${key} `) ? before : each.key)));
    const { add, remove } = changesBetween(pieces, { keys, made: nothing });
    assert.match(add.map(({ line }) => line).join(), lines);
    assert.deepEqual(remove, []);
  });
}

test('ids follow from what they name, and meet nowhere', () => {
  const texts = Array.from({ length: 20_000 }, (_, index) => `mplsoudp 10.0.${index >> 8}.${index & 255}`);
  const ids = numbered(texts);
  assert.equal(new Set(ids.values()).size, texts.length);
  assert.deepEqual(numbered([...texts].reverse()).get('mplsoudp 10.0.5.5'), ids.get('mplsoudp 10.0.5.5'));
});

/** Writes what a next hop leads to in the place of its id. */
function withNames(text: string): string {
  const names = [
    'gateway core 10.9.0.254',
    'mplsoudp 10.9.0.2',
    'mplsoudp 10.9.0.2 2000',
    'vxlan 10.9.0.2 1001',
    'reject red',
    'vrf blue',
  ];
  return [...numbered(names)].reduce((all, [name, id]) => all.replaceAll(String(id), `<${name}>`), text);
}
