import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { emptySpread, MAX_SLOTS, type Spread, spread } from './group-slots.ts';

const weights = fc.dictionary(fc.integer({ min: 1, max: 20 }).map(String), fc.integer({ min: 1, max: 50 }), {
  maxKeys: 8,
  minKeys: 1,
});

describe('group', () => {
  it('has a power of two of slots, at least four for each unit of weight', () => {
    assert.equal(make({ 1: 1 }).slots.length, 4);
    assert.equal(make({ 1: 1, 2: 2 }).slots.length, 16);
    assert.equal(make({ 1: 65535, 2: 65535 }).slots.length, MAX_SLOTS);
    assert.deepEqual(spread(make({ 1: 1 }), new Map()), emptySpread);
  });

  it('gives members shares by their weights', () => {
    fc.assert(
      fc.property(fc.array(weights, { minLength: 1, maxLength: 6 }), (history) => {
        const made = history.reduce((now, next) => spread(now, toMap(next)), emptySpread);
        const sum = [...made.weights.values()].reduce((total, weight) => total + weight, 0);
        for (const [member, weight] of made.weights) {
          const quota = (made.slots.length * weight) / sum;
          const count = made.slots.filter((slot) => slot === member).length;
          // Who does not change keeps what rounding has left it: over a history, that adds up.
          assert.ok(Math.abs(count - quota) < 3, `${member} has ${count} slots of ${quota}`);
        }
      }),
    );
  });

  it('leaves nobody more than a slot beyond its share when all round down', () => {
    const made = make({ 1: 44, 2: 33, 3: 23, 4: 41, 5: 36, 6: 35, 7: 11, 8: 44 });
    const share = (made.slots.length * 44) / 267;
    assert.ok(made.slots.filter((member) => member === 1).length - share < 1);
  });

  it('moves only the flows of a member that changes, or flows to it', () => {
    fc.assert(
      fc.property(
        weights,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 50 }),
        (all, who, weight) => {
          const before = spread(emptySpread, toMap(all));
          const changed = new Map(before.weights);
          if (weight > 0) changed.set(who, weight);
          else changed.delete(who);
          if (changed.size === 0) return;
          const after = spread(before, changed);
          after.slots.forEach((member, slot) => {
            const formerly = before.slots[slot % before.slots.length];
            if (member === formerly) return;
            assert.ok(member === who || formerly === who, `slot ${slot} went from ${formerly} to ${member}`);
            const rose = weight > (before.weights.get(who) ?? 0);
            assert.equal(rose ? member : formerly, who);
          });
        },
      ),
    );
  });

  it('gives the flows of a member to the one that takes its place; rounding moves a slot a member at most', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 0, max: 7 }), (all, index) => {
        const before = spread(emptySpread, toMap(all));
        const replaced = [...before.weights.keys()][index % before.weights.size];
        const fresh = 99;
        const changed = [...before.weights].map(([member, weight]) => [
          member === replaced ? fresh : member,
          weight,
        ]);
        const after = spread(before, new Map(changed.map(([member = 0, weight = 0]) => [member, weight])));
        const expected = before.slots.map((member) => (member === replaced ? fresh : member));
        const moved = after.slots.filter((member, slot) => member !== expected[slot]).length;
        assert.ok(moved <= before.weights.size, `${moved} slots moved beside`);
      }),
    );
  });

  it('gives even a light member a slot', () => {
    const made = make({ 1: 65535, 2: 1, 3: 65535 });
    assert.ok(made.slots.includes(2));
  });

  it('goes over to entirely new members', () => {
    const made = spread(make({ 1: 3, 2: 1 }), toMap({ 7: 1, 8: 1 }));
    assert.deepEqual([...new Set(made.slots)].sort(), [7, 8]);
  });
});

function make(members: Readonly<Record<number, number>>): Spread {
  return spread(emptySpread, toMap(members));
}

function toMap(members: Readonly<Record<string, number>>): ReadonlyMap<number, number> {
  return new Map(Object.entries(members).map(([member, weight]) => [Number(member), weight]));
}
