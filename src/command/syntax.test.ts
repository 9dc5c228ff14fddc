import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSyntax } from './syntax.ts';

const a = { kind: 'literal', word: 'a' } as const;
const b = { kind: 'literal', word: 'b' } as const;
const c = { kind: 'literal', word: 'c' } as const;

describe('syntax', () => {
  it('binds "|" tighter than ",", that tighter than a space, and that tighter than " | "', () => {
    assert.deepEqual(parseSyntax('a a|b,c | c'), {
      kind: 'choice',
      branches: [
        {
          kind: 'sequence',
          items: [a, { kind: 'subset', items: [{ kind: 'choice', branches: [a, b] }, c] }],
        },
        c,
      ],
    });
  });

  it('reads repeats after words and groups, and keeps "+" inside of words', () => {
    assert.deepEqual(parseSyntax('NAME+'), {
      kind: 'repeat',
      item: { kind: 'argument', name: 'NAME' },
      minimum: 1,
    });
    assert.deepEqual(parseSyntax('(a b)*'), {
      kind: 'repeat',
      item: { kind: 'sequence', items: [a, b] },
      minimum: 0,
    });
    assert.deepEqual(parseSyntax('l3+l4'), { kind: 'literal', word: 'l3+l4' });
    assert.deepEqual(parseSyntax('PATTERN:LEVEL+'), {
      kind: 'repeat',
      item: { kind: 'argument', name: 'PATTERN:LEVEL' },
      minimum: 1,
    });
  });

  it('takes a fragment into the subset in which it stands', () => {
    assert.deepEqual(parseSyntax('[BOTH,c]', { BOTH: 'a,b' }), {
      kind: 'optional',
      item: { kind: 'subset', items: [a, b, c] },
    });
  });

  it('points at a mistake', () => {
    assert.throws(() => parseSyntax('a [b'), /expected "\]" at ""/);
    assert.throws(() => parseSyntax('a b)'), /expected the end at "\)"/);
    assert.throws(() => parseSyntax('a  b'), /expected a word, "\(" or "\[" at " b"/);
    assert.throws(() => parseSyntax('a |b'), /expected the end at " \|b"/);
  });
});
