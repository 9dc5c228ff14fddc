import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Command } from './command.ts';
import { compileAll, grammarOf } from './grammar.ts';
import { match } from './match.ts';
import { parseSyntax, type SyntaxNode } from './syntax.ts';
import { declareAll } from './testing/declare.ts';
import { knownFragments, knownSyntaxes } from './testing/known-syntaxes.ts';
import { tokenize, tokensOf } from './tokenize.ts';

const commands = knownSyntaxes.map(
  (syntax): Command<unknown> => ({
    syntax,
    help: syntax,
    fragments: knownFragments,
    args: declareAll(parseSyntax(syntax, knownFragments)),
    run: () => undefined,
  }),
);
const grammar = grammarOf(commands);

function understand(line: string): {
  readonly syntax: string;
  readonly args: Readonly<Record<string, unknown>>;
} {
  const { command, args } = match(grammar, line, tokenize(line));
  return { syntax: command.syntax, args };
}

describe('match', () => {
  it('compiles every command that operators know', () => {
    assert.equal(compileAll(grammar).length, knownSyntaxes.length);
  });

  it('takes attributes in any order', () => {
    const line = 'interface add port p0 devargs net_tap0,iface=x-p0 qsize 2048 mtu 1500 up rxqs 1';
    const { syntax, args } = understand(line);
    assert.equal(syntax, 'interface add port NAME devargs DEVARGS [IFATTR,PORTATTR]');
    assert.equal(args['qsize N'], 2048);
    assert.equal(args['mtu 1280-65534'], 1500);
    assert.equal(args['devargs DEVARGS'], 'net_tap0,iface=x-p0');
  });

  it('expands abbreviations that stand for one word', () => {
    assert.equal(understand('int sh na p0').syntax, understand('interface show name p0').syntax);
    assert.equal(understand('aff q').syntax, 'affinity qmap [show]');
    assert.deepEqual(
      understand('route a 10.0.0.0/8 v 10.0.0.1').args,
      understand('route add 10.0.0.0/8 via 10.0.0.1').args,
    );
  });

  it('names the words that an abbreviation may stand for', () => {
    assert.throws(() => understand('f'), {
      message: '"f" is ambiguous',
      position: 0,
      expected: ['fdb', 'flood'],
    });
    assert.throws(() => understand('interface add v'), {
      message: '"v" is ambiguous',
      position: 14,
      expected: ['vlan', 'vxlan', 'vrf'],
    });
  });

  it('prefers a whole word to the longer ones that start with it', () => {
    assert.equal(understand('nexthop add srv6-local behavior end').args['table VRF'], undefined);
    assert.equal(understand('nexthop add srv6 seglist fd00::1').syntax.split(' ')[2], 'srv6');
  });

  it('collects what is repeated', () => {
    const group = understand('nexthop add group id 4 member 1 weight 2 member 3');
    assert.deepEqual(group.args, {
      'id N': 4,
      member: [{ 'member NHID': 1, 'weight W': 2 }, { 'member NHID': 3 }],
    });
    assert.deepEqual(understand('events type port type route count 2').args['type TYPE'], ['port', 'route']);
    assert.deepEqual(understand('nexthop add group').args, { member: [] });
  });

  it('says where a line goes wrong and what it expected there', () => {
    assert.throws(() => understand('interface add prt p0'), {
      message: 'unexpected "prt"',
      position: 14,
      expected: ['port', 'vlan', 'bond', 'bridge', 'vxlan', 'ipip', 'vrf'],
    });
    assert.throws(() => understand('address add 10.0.0.1 iface p0'), {
      message:
        /^IP\/LEN: expected an address with a prefix length such as .*, got "10.0.0.1": it has no "\/"$/,
      position: 12,
    });
    assert.throws(() => understand('interface add bridge br0 mtu 99'), {
      message: '1280-65534: expected an integer from 1280 to 65534, got "99"',
      position: 29,
    });
    assert.throws(() => understand('address del 10.0.0.1/24'), {
      message: 'the command is incomplete',
      position: 24,
      expected: ['iface'],
    });
    assert.throws(() => understand('trace clear now'), { expected: ['the end of the line'] });
    assert.throws(() => understand('interface set vrf red'), { message: 'the command is incomplete' });
    assert.throws(() => understand('intrface'), { message: 'unknown command "intrface"', position: 0 });
  });

  it('refuses an attribute that came before', () => {
    assert.throws(() => understand('interface add vrf red mac 02:00:00:00:00:01 mac 02:00:00:00:00:02'), {
      message: 'unexpected "mac"',
      position: 44,
    });
  });

  it('understands every line that a syntax can generate', () => {
    const lines = knownSyntaxes.map((syntax) =>
      wordsOf(parseSyntax(syntax, knownFragments)).map((words) => ({ syntax, words })),
    );
    fc.assert(
      fc.property(fc.oneof(...lines), ({ syntax, words }) => {
        const { line, tokens } = tokensOf(words);
        assert.deepEqual(
          tokenize(line).map((token) => token.text),
          words,
        );
        const found = match(grammar, line, tokens);
        assert.equal(found.command.syntax, syntax);
        assert.deepEqual(
          Object.values(found.args).filter((value) => typeof value === 'string' && !words.includes(value)),
          [],
        );
      }),
      { numRuns: 200 },
    );
  });
});

function wordsOf(node: SyntaxNode): fc.Arbitrary<readonly string[]> {
  switch (node.kind) {
    case 'literal':
      return fc.constant([node.word]);
    case 'argument':
      return argumentText(node.name).map((value) => [value]);
    case 'sequence':
      return joined(node.items.map(wordsOf));
    case 'choice':
      return fc.oneof(...node.branches.map(wordsOf));
    case 'subset':
      return fc
        .shuffledSubarray([...node.items], { minLength: 1 })
        .chain((items) => joined(items.map(wordsOf)));
    case 'optional':
      return fc.oneof(fc.constant([]), wordsOf(node.item));
    case 'repeat':
      return fc
        .array(wordsOf(node.item), { minLength: node.minimum, maxLength: 3 })
        .map((parts) => parts.flat());
  }
}

function joined(parts: readonly fc.Arbitrary<readonly string[]>[]): fc.Arbitrary<readonly string[]> {
  return fc.tuple(...parts).map((words) => words.flat());
}

function argumentText(argument: string): fc.Arbitrary<string> {
  const names = fc.stringMatching(/^[a-z][a-z0-9.-]{0,12}$/);
  const integers = fc.integer({ min: 0, max: 65535 }).map(String);
  if (argument === '1280-65534') return fc.integer({ min: 1280, max: 65534 }).map(String);
  if (['IP', 'NH_IP'].includes(argument)) return fc.oneof(fc.ipV4(), fc.constant('2001:db8::1'));
  if (argument === 'IP4') return fc.ipV4();
  if (['IP6', 'SID'].includes(argument)) return fc.constant('fd00::1');
  if (argument === 'IP4/LEN') return fc.ipV4().map((address) => `${address}/24`);
  if (argument === 'IP/LEN') return fc.constantFrom('10.0.0.0/8', '2001:db8::/32');
  if (argument === 'MAC') return fc.constant('02:00:00:00:00:01');
  if (argument === 'CPULIST') return fc.constantFrom('0', '0-3,5');
  if (/^(N|S|MS|V|VNI|W|ID|NHID|P)$/.test(argument)) return integers;
  if (/^(IF|IFACE|NAME|NEW|VRF|BR|PORT)$/.test(argument)) return names;
  return fc.string({ minLength: 1 }).filter((value) => !/[\n\r]/.test(value));
}
