import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type IpAddress, parseAddress } from '../../../net/address.ts';
import { contains, parsePrefix } from '../../../net/prefix.ts';
import { ruleMet } from '../explain.ts';
import type { Filters } from '../filters.ts';
import type { Asked, Match, Rule } from '../rule.ts';
import { openFilterBench } from '../testing/filter-bench.ts';
import { randomAsked, randomRules } from '../testing/random-rules.ts';

let filters: Filters;

before(async () => {
  ({ filters } = await openFilterBench());
});

/** The first rule that a packet meets, found by comparing one after the other. */
function firstMet(rules: readonly Rule[], asked: Asked): Rule | undefined {
  return rules.find((rule) => matches(rule, asked));
}

function matches(rule: Match, asked: Asked): boolean {
  const within = (range: Rule['sourcePort'], value: number | undefined) =>
    !range || (value !== undefined && range.first <= value && value <= range.last);
  const inside = (prefix: Rule['source'], address: IpAddress) => !prefix || contains(prefix, address);
  return (
    inside(rule.source, asked.source) &&
    inside(rule.destination, asked.destination) &&
    (rule.protocol === undefined || rule.protocol === asked.protocol) &&
    within(rule.sourcePort, asked.sourcePort) &&
    within(rule.destinationPort, asked.destinationPort) &&
    (!rule.established || (asked.protocol === 6 && (asked.tcpFlags & 0x14) !== 0))
  );
}

describe('a tree', () => {
  for (const [kind, count] of [
    ['ipv4', 1],
    ['ipv4', 200],
    ['ipv4', 3000],
    ['ipv6', 1000],
  ] as const) {
    it(`finds the rule that comparing all ${count} of ${kind} finds`, () => {
      const rules = randomRules(kind, count, 7 + count);
      const name = `${kind}-${count}`;
      filters.set(name, { rules });
      const filter = filters.named('test', name);
      filters.use('test', filter);
      const met = new Set<number>();
      for (let i = 0; i < 3000; i++) {
        const asked = randomAsked(kind, rules, i);
        const expected = firstMet(rules, asked);
        assert.equal(ruleMet(filters, filter, asked)?.index, expected?.index, JSON.stringify(i));
        met.add(expected?.index ?? 0);
      }
      assert.ok(met.size >= Math.min(count / 2, 300), `${met.size} rules were met`);
    });
  }

  it('takes room in proportion where all rules overlap, and still finds the first', () => {
    const rules = Array.from(
      { length: 2000 },
      (_, i): Rule => ({
        index: i + 1,
        action: i % 2 ? 'permit' : 'deny',
        name: '',
        established: false,
        fragment: false,
        protocol: 17,
        source: parsePrefix(`10.0.0.0/${8 + (i % 3)}`),
        sourcePort: { first: i, last: 65535 - i },
        destinationPort: { first: 2000 - i, last: 40000 + i },
      }),
    );
    filters.set('overlap', { rules });
    const filter = filters.named('test', 'overlap');
    filters.use('test', filter);
    assert.ok(filters.lists.bytes(filter.id) < 2000 * 2048, `${filters.lists.bytes(filter.id)} bytes`);
    for (let port = 0; port < 65536; port += 97) {
      const asked: Asked = {
        source: parseAddress('10.1.2.3'),
        destination: parseAddress('10.1.2.4'),
        protocol: 17,
        sourcePort: 2500,
        destinationPort: port,
        tcpFlags: 0,
        dscp: 0,
        fragment: false,
      };
      assert.equal(ruleMet(filters, filter, asked)?.index, firstMet(rules, asked)?.index);
    }
  });
});
