import { styleText } from 'node:util';
import type { Check } from './story.ts';

/** The table of what was checked. */
export function summary(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const rows = checks.map((check) => checkLine(check, width));
  const failed = checks.filter(({ passed }) => !passed).length;
  return `${rows.join('')}\n  ${checks.length - failed} of ${checks.length} checks passed\n`;
}

/** One line of it. */
export function checkLine({ name, passed, result }: Check, width = 0): string {
  return `  ${mark(passed)} ${name.padEnd(width)}  ${result}\n`;
}

function mark(passed: boolean): string {
  return passed ? styleText('green', '✔') : styleText('red', '✖');
}
