import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { tokenize, tokenizePartial, tokensOf } from './tokenize.ts';

const texts = (line: string) => tokenize(line).map((token) => token.text);

describe('tokenize', () => {
  it('splits like a shell', () => {
    assert.deepEqual(texts('  a  b\tc '), ['a', 'b', 'c']);
    assert.deepEqual(texts(`description 'two words' "and \\"more\\"" last\\ one`), [
      'description',
      'two words',
      'and "more"',
      'last one',
    ]);
    assert.deepEqual(texts(`'' a"b"'c'`), ['', 'abc']);
    assert.deepEqual(texts('a # comment'), ['a']);
    assert.deepEqual(texts('a#b'), ['a#b']);
    assert.deepEqual(texts('# only a comment'), []);
  });

  it('keeps the place of each word', () => {
    assert.deepEqual(tokenize('a  "b c"'), [
      { text: 'a', start: 0, end: 1 },
      { text: 'b c', start: 3, end: 8 },
    ]);
  });

  it('points at a quote that is not closed', () => {
    assert.throws(() => tokenize('a "b c'), {
      message: 'the quote " is not closed',
      position: 2,
      expected: ['"'],
    });
    assert.throws(() => tokenize('a \\'), { message: 'nothing follows the backslash', position: 2 });
    assert.deepEqual(tokenizePartial("a 'b ").quote, "'");
  });

  it('gives words back as they were when they are joined to a line', () => {
    const word = fc.string().filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const { line, tokens } = tokensOf(words);
        assert.deepEqual(tokenize(line), tokens);
        assert.deepEqual(
          tokens.map((token) => token.text),
          words,
        );
      }),
    );
  });
});
