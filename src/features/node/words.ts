import { quoted, ValueError } from '../../net/value-error.ts';

const word = /(?:[^\s"']|"[^"]*"|'[^']*')+/g;

/** Splits a command line at blanks; quotes join and vanish. @throws ValueError when a quote is left open */
export function splitWords(text: string): readonly string[] {
  if (text.replace(word, '').trim() !== '') {
    throw new ValueError({
      expected: 'arguments with closed quotes',
      received: quoted(text),
      because: 'a quote is left open',
    });
  }
  return (text.match(word) ?? []).map((each) => each.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
