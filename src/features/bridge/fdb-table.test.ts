import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { macFromBytes } from '../../net/mac.ts';
import type { FdbEntry, Station } from './fdb-entry.ts';
import { BridgeBench } from './testing/bridge-bench.ts';

const { bench, fdb } = await BridgeBench.open();

describe('the table of stations', () => {
  it('gives back what it was told, until it is told otherwise', () => {
    const entry = { ...station(1), iface: 2, far: 0xfffffffe, origin: 'extern' } as const;
    assert.ok(fdb.put(entry));
    assert.deepEqual(fdb.find(station(1))?.entry, entry);
    assert.ok(fdb.put({ ...entry, iface: 3, far: 0, origin: 'static' }));
    assert.deepEqual(fdb.find(station(1))?.entry, { ...entry, iface: 3, far: 0, origin: 'static' });
    assert.equal(fdb.find({ ...station(1), vlan: 1 }), undefined);
    assert.equal(fdb.find({ ...station(1), bridge: 11 }), undefined);
    fdb.remove(fdb.find(station(1))?.place ?? 0);
    assert.equal(fdb.find(station(1)), undefined);
  });

  it('holds what a map holds after many stations have come, moved and gone', () => {
    const known = new Map<number, FdbEntry>();
    const random = numbers(7);
    for (let step = 0; step < 60_000; step++) {
      const number = random() % 12_000;
      const placed = fdb.find(inOneOfManyRacks(number));
      assert.deepEqual(placed?.entry, known.get(number));
      if (random() % 2 === 0) {
        const entry = {
          ...inOneOfManyRacks(number),
          iface: 1 + (random() % 3),
          far: random(),
          origin: 'learn' as const,
        };
        assert.ok(fdb.put(entry));
        known.set(number, entry);
      } else if (placed) {
        fdb.remove(placed.place);
        known.delete(number);
      }
    }
    let listed = 0;
    for (let place = fdb.next(0, {}); place !== undefined; place = fdb.next(place + 1, {})) listed++;
    assert.equal(listed, known.size);
    for (const number of known.keys()) fdb.remove(placeOf(inOneOfManyRacks(number)));
    assert.equal(fdb.next(0, {}), undefined);
  });

  it('has room for as many stations as it promises', () => {
    for (const place of [station, inOneOfManyRacks]) {
      for (let number = 0; number < 131_072; number++)
        assert.ok(fdb.put({ ...place(number), iface: 1, far: 0, origin: 'learn' }));
      for (let number = 0; number < 131_072; number += 1000) assert.ok(fdb.find(place(number)));
      empty();
    }
  });

  it('has room for the stations of two racks, whichever number spreads them', () => {
    const { seedFdb } = bench.tables<{ seedFdb(seed: bigint): void }>(['seedFdb']);
    for (const seed of crowdingSeeds) {
      seedFdb(seed);
      for (const rack of [0x11, 0x12]) fillRack(rack, 50_000);
      empty();
    }
  });

  it('has a home for each of four blocks, where addresses follow one another, and for another one when one has gone', () => {
    const { seedFdb } = bench.tables<{ seedFdb(seed: bigint): void }>(['seedFdb']);
    const racks = [0x11, 0x12, 0x13, 0x14];
    for (const seed of crowdingSeeds) {
      seedFdb(seed);
      for (const rack of racks) fillRack(rack, 25_000);
      assert.deepEqual(racks.map(elsewhere), [0, 0, 0, 0]);
      fillRack(0x15, 25_000);
      assert.ok(elsewhere(0x15) > 20_000);
      for (const number of Array(25_000).keys()) fdb.remove(placeOf(station(number, 0x13)));
      fillRack(0x16, 25_000);
      assert.deepEqual([0x11, 0x12, 0x14, 0x16].map(elsewhere), [0, 0, 0, 0]);
      assert.equal(fdb.find(station(25_000, 0x16)), undefined);
      empty();
    }
  });

  it('tells stations of a block apart by bridge and VLAN', () => {
    const others = [
      { ...station(1), vlan: 7 },
      { ...station(1), bridge: 11 },
      { ...station(1), bridge: 11, vlan: 7 },
    ];
    const all = [station(1), ...others].map((each, index) => ({
      ...each,
      iface: 1 + index,
      far: 0,
      origin: 'learn' as const,
    }));
    for (const entry of all) assert.ok(fdb.put(entry));
    for (const entry of all) assert.deepEqual(fdb.find(entry)?.entry, entry);
    fdb.remove(placeOf(station(1)));
    assert.equal(fdb.find(station(1)), undefined);
    for (const entry of all.slice(1)) assert.deepEqual(fdb.find(entry)?.entry, entry);
    empty();
  });

  it('remembers when each was heard, also of those that move up where others go', () => {
    const secondOf = (number: number) => 1000 + (number % 7);
    for (let number = 0; number < 60_000; number++) {
      fdb.setState(secondOf(number), false);
      assert.ok(fdb.put({ ...inOneOfManyRacks(number), iface: 1, far: 0, origin: 'learn' }));
    }
    const [goes, stays] = [0, 1].map((parity) =>
      Array.from({ length: 30_000 }, (_, half) => 2 * half + parity),
    );
    assert.ok(goes && stays);
    const before = stays.map((number) => placeOf(inOneOfManyRacks(number)));
    for (const number of goes) fdb.remove(placeOf(inOneOfManyRacks(number)));
    assert.ok(stays.some((number, index) => placeOf(inOneOfManyRacks(number)) !== before[index]));
    fdb.setState(1010, false);
    for (const number of stays)
      assert.equal(fdb.age(placeOf(inOneOfManyRacks(number))), 1010 - secondOf(number));
    empty();
  });

  it('lists what is behind one member, or in one bridge', () => {
    assert.ok(fdb.put({ ...station(1), iface: 1, far: 0, origin: 'learn' }));
    assert.ok(fdb.put({ ...station(2), bridge: 11, iface: 5, far: 0, origin: 'learn' }));
    const only = (filter: { readonly bridge?: number; readonly iface?: number }) => {
      const place = fdb.next(0, filter);
      assert.equal(place === undefined ? undefined : fdb.next(place + 1, filter), undefined);
      return place === undefined ? undefined : fdb.at(place).mac;
    };
    assert.deepEqual(only({ bridge: 11 }), station(2).mac);
    assert.deepEqual(only({ iface: 1 }), station(1).mac);
    assert.equal(only({ bridge: 11, iface: 1 }), undefined);
  });
});

/** With these, one product of an address took so many rows of it to the same lines that some found no room (of 150, two). */
const crowdingSeeds = [0x3bf459cac3ce4b80n, 0x59d9d258c0b5e800n];

function empty(): void {
  for (let place = fdb.next(0, {}); place !== undefined; place = fdb.next(place, {})) fdb.remove(place);
}

function fillRack(rack: number, stations: number): void {
  for (let number = 0; number < stations; number++)
    assert.ok(fdb.put({ ...station(number, rack), iface: 1, far: 0, origin: 'learn' }));
}

/** How many of 25,000 stations do not lie where those before them in the block say. */
function elsewhere(rack: number): number {
  const places = Array.from({ length: 25_000 }, (_, number) => placeOf(station(number, rack)));
  return places.filter((place, number) => place !== (places[0] ?? 0) + number).length;
}

function placeOf(known: Station): number {
  const placed = fdb.find(known);
  assert.ok(placed);
  return placed.place;
}

/** Stations of thirty blocks, of which four have a home. */
function inOneOfManyRacks(number: number) {
  return station(Math.floor(number / 30), number % 30);
}

/** Stations whose addresses differ in few bits, as those of one maker do. */
function station(number: number, rack = 0) {
  const bytes = Uint8Array.of(2, rack, 0, number >> 16, (number >> 8) & 255, number & 255);
  return { bridge: 10, mac: macFromBytes(bytes), vlan: 0 };
}

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 4;
  };
}
