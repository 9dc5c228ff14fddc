import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CONTROL_ARENA_USED } from '../../engine/layout.ts';
import { Bench } from '../../engine/testing/bench.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../net/prefix.ts';
import { packetPath } from '../../programs/vrouter/packet-path.ts';
import { numberOf } from './origins.ts';
import { PAGE_ROUTES, RouteTables } from './route-tables.ts';

const bench = await Bench.open(packetPath, fileURLToPath(new URL('../../../build', import.meta.url)));
const tables = new RouteTables({
  memory: new Uint8Array(bench.memory.buffer),
  region: (name) => bench.region(name),
  tables: bench.tables,
});
const limits = { routes: 1 << 20, blocks: 1 << 16 };
tables.open(1, limits, limits);

test('a table gives its memory back when its routes go, and has the others still', () => {
  const before = taken();
  const count = 20_000;
  const records = hostRoutes(count);
  tables.setMany({ vrf: 1, family: 4, records, origin: numberOf('static') }, new Uint32Array(count).fill(7));
  tables.set(1, parsePrefix('192.0.2.0/24'), 9, numberOf('bgp'));
  assert.ok(taken() - before > count * 32);
  const changes = tables.clearMany({ vrf: 1, family: 4, records }, []);
  assert.ok(changes.every(({ outcome, before: nextHop }) => outcome === 'removed' && nextHop === 7));
  assert.deepEqual(
    tables
      .page(1, 4)
      .slice(0, 9)
      .map(({ nextHop, origin }) => [nextHop, origin]),
    [[9, numberOf('bgp')]],
  );
  assert.ok(taken() - before < 300 * 1024, `${taken() - before} bytes are kept`);
});

test('routes of some origins stay when a batch is removed', () => {
  tables.set(1, parsePrefix('10.0.0.1/32'), 3, numberOf('link'));
  tables.set(1, parsePrefix('10.0.0.2/32'), 4, numberOf('static'));
  const changes = tables.clearMany({ vrf: 1, family: 4, records: hostRoutes(4) }, [numberOf('link')]);
  assert.deepEqual(
    changes.map(({ outcome }) => outcome),
    ['missing', 'kept', 'removed', 'missing'],
  );
  assert.equal(tables.exact(1, parsePrefix('10.0.0.1/32'))?.nextHop, 3);
});

test('pages have all routes, ordered by address and then by length', () => {
  for (const [vrf, texts] of [
    [
      2,
      [
        '0.0.0.0/0',
        '10.0.0.0/8',
        '10.0.0.0/9',
        '10.0.0.0/32',
        '10.0.0.1/32',
        '200.0.0.0/5',
        '255.255.255.255/32',
      ],
    ],
    [3, ['::/0', '2001:db8::/32', '2001:db8::/48', '2001:db8::1/128', 'fe80::/10', 'ff02::1/128']],
  ] as const) {
    const family = vrf === 3 ? 6 : 4;
    tables.open(vrf, limits, limits);
    for (const text of [...texts].reverse()) tables.set(vrf, parsePrefix(text), 5, numberOf('static'));
    const told = (behind?: string) => {
      const page = tables.page(vrf, family, behind === undefined ? undefined : parsePrefix(behind));
      return page.slice(0, 99).map(({ prefix }) => formatPrefix(prefix));
    };
    assert.deepEqual(told(), texts);
    for (const [i, text] of texts.entries()) assert.deepEqual(told(text), texts.slice(i + 1));
    assert.equal(tables.leadingTo(vrf, family, (nextHop) => nextHop === 5).length, texts.length);
    assert.equal(tables.leadingTo(vrf, family, (nextHop) => nextHop === 4).length, 0);
    tables.close(vrf);
    assert.deepEqual(told(), []);
  }
});

test('a large table is told page by page: each route once, in order', () => {
  tables.open(4, limits, limits);
  const count = 3 * PAGE_ROUTES + 1;
  const records = hostRoutes(count).map((byte, at) => (at % 5 === 1 || at % 5 === 2 ? byte ^ 0x5a : byte));
  tables.setMany({ vrf: 4, family: 4, records, origin: numberOf('static') }, new Uint32Array(count).fill(7));
  const told: string[] = [];
  let behind: Prefix | undefined;
  for (const expected of [PAGE_ROUTES, PAGE_ROUTES, PAGE_ROUTES, 1]) {
    const page = tables.page(4, 4, behind);
    assert.equal(page.length, expected);
    const routes = page.slice(0, page.length);
    told.push(...routes.map(({ prefix }) => String(prefix.address.value).padStart(10, '0')));
    behind = routes.at(-1)?.prefix;
  }
  assert.equal(new Set(told).size, count);
  assert.deepEqual(told, [...told].sort());
  tables.close(4);
});

/** Records of 10.0.0.0/32 and those that follow. */
function hostRoutes(count: number): Uint8Array {
  const records = new Uint8Array(count * 5);
  const view = new DataView(records.buffer);
  for (let i = 0; i < count; i++) {
    view.setUint32(i * 5, 0x0a000000 + i);
    records[i * 5 + 4] = 32;
  }
  return records;
}

/** Bytes that tables have taken; those of the forwarding table come back when workers have moved on. */
function taken(): number {
  return bench.view.getUint32(CONTROL_ARENA_USED, true);
}
