import { countTests, type FileResult, type TestResult } from './result.ts';

const slowestShown = 8;
const slowMs = 1000;
const reasonLines = 40;

/** One file's line, and below it what failed. */
export function describeFile({ file, tests, durationMs }: FileResult): string {
  const failed = tests.filter((test) => test.outcome === 'failed');
  const mark = failed.length > 0 ? '✖' : '✔';
  const line = `${mark} ${file.padEnd(58)} ${seconds(durationMs)}  ${summarize([{ file, tests, durationMs }])}`;
  return [line, ...failed.map((test) => `    ✖ ${test.name}\n${indent(test.reason)}`)].join('\n');
}

/** What was skipped and why, what was slow, what failed, and as the last line how many. */
export function describeAll(files: readonly FileResult[], durationMs: number): string {
  return [
    ...section(
      'skipped',
      named(files, 'skipped').map(({ label, test }) => `${label}: ${test.reason}`),
    ),
    ...section('slowest', slowest(files)),
    ...section(
      'failed',
      named(files, 'failed').map(({ label }) => label),
    ),
    `${files.length} files in ${seconds(durationMs).trim()}`,
    summarize(files),
  ].join('\n');
}

/** `N passed, N failed`, and `, N skipped` where there are any. */
export function summarize(files: readonly FileResult[]): string {
  const skipped = countTests(files, 'skipped');
  const counts = `${countTests(files, 'passed')} passed, ${countTests(files, 'failed')} failed`;
  return skipped > 0 ? `${counts}, ${skipped} skipped` : counts;
}

function slowest(files: readonly FileResult[]): readonly string[] {
  return named(files)
    .filter(({ test }) => test.durationMs >= slowMs)
    .sort((a, b) => b.test.durationMs - a.test.durationMs)
    .slice(0, slowestShown)
    .map(({ label, test }) => `${seconds(test.durationMs)}  ${label}`);
}

function named(
  files: readonly FileResult[],
  outcome?: TestResult['outcome'],
): { label: string; test: TestResult }[] {
  return files.flatMap(({ file, tests }) =>
    tests
      .filter((test) => outcome === undefined || test.outcome === outcome)
      .map((test) => ({ label: `${file}: ${test.name}`, test })),
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`), ''];
}

function indent(text: string): string {
  const lines = text.split('\n');
  const shown = lines.slice(0, reasonLines);
  if (lines.length > reasonLines) shown.push(`… ${lines.length - reasonLines} more lines`);
  return shown.map((line) => `      ${line}`).join('\n');
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1).padStart(6)} s`;
}
