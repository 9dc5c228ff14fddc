import { styleText } from 'node:util';
import type { Check } from './story.ts';

/** The table of what was checked. */
export function summary(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const rows = checks.map(
    ({ name, passed, result }) => `  ${mark(passed)} ${name.padEnd(width)}  ${result}\n`,
  );
  const failed = checks.filter(({ passed }) => !passed).length;
  return `${rows.join('')}\n  ${checks.length - failed} of ${checks.length} checks passed\n`;
}

function mark(passed: boolean): string {
  return passed ? styleText('green', '✔') : styleText('red', '✖');
}
