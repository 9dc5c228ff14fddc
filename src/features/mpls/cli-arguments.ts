import type { ArgumentType } from '../../command/argument.ts';
import { quoted, ValueError } from '../../net/value-error.ts';
import { FIRST_LABEL, LAST_LABEL } from './label.ts';

/** Takes a label that may be given a meaning. */
export function label(help: string): ArgumentType<number> {
  const expects = `a label from ${FIRST_LABEL} to ${LAST_LABEL}`;
  return { kind: 'value', expects, help, parse: (text) => readLabel(text, expects, FIRST_LABEL) };
}

/** Takes a label, or the word auto, which is undefined. */
export function labelOrAuto(help: string): ArgumentType<number | 'auto'> {
  const expects = `a label from ${FIRST_LABEL} to ${LAST_LABEL}, or auto`;
  return {
    kind: 'value',
    expects,
    help,
    parse: (text) => (text === 'auto' ? text : readLabel(text, expects, FIRST_LABEL)),
  };
}

/** Takes labels with commas between them, outermost first. */
export function labelList(help: string): ArgumentType<readonly number[]> {
  const expects = 'labels with commas between them such as 100,200';
  return {
    kind: 'value',
    expects,
    help,
    parse: (text) => text.split(',').map((each) => readLabel(each, expects, 0)),
  };
}

/** Takes the first and the last label of a range. */
export function labelRange(help: string): ArgumentType<{ readonly first: number; readonly last: number }> {
  const expects = 'a range of labels such as 1000-1999';
  const parse = (text: string) => {
    const [, first = '', last = ''] = /^(\d+)-(\d+)$/.exec(text) ?? [];
    const range = {
      first: readLabel(first, expects, FIRST_LABEL),
      last: readLabel(last, expects, FIRST_LABEL),
    };
    if (range.first <= range.last) return range;
    throw new ValueError({ expected: expects, received: quoted(text) });
  };
  return { kind: 'value', expects, help, parse };
}

function readLabel(text: string, expected: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= LAST_LABEL) return value;
  throw new ValueError({ expected, received: quoted(text) });
}
