import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tableFunctions } from '../../engine/host/datapath.ts';
import { CONTROL_ARENA_USED } from '../../engine/layout.ts';
import { Bench } from '../../engine/testing/bench.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { packetPath } from '../../programs/vrouter/packet-path.ts';
import { numberOf } from './origins.ts';
import { RouteTables } from './route-tables.ts';

const bench = await Bench.open(packetPath, fileURLToPath(new URL('../../../build', import.meta.url)));
const tables = new RouteTables({
  memory: new Uint8Array(bench.memory.buffer),
  view: bench.view,
  region: (name) => bench.region(name),
  tables: (names) => tableFunctions(bench.control.exports, names),
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
    tables.list(1, 4).map(({ nextHop, origin }) => [nextHop, origin]),
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
