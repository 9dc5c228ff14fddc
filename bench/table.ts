import type { GoalReport, Report } from './report.ts';

/** Draws the results for a terminal: a block for each, a line for each program. */
export function textTable(reports: readonly Report[]): string {
  return reports.map(textBlock).join('\n');
}

/** Draws the results as Markdown tables. */
export function markdownReports(reports: readonly Report[]): string {
  return reports.map(markdownBlock).join('\n');
}

const columns = ['PROGRAM', 'MEDIAN', 'LEAST–MOST', 'MILLRACE/IT', ''] as const;

type Row = readonly [program: string, median: string, spread: string, ratio: string, remark: string];

function textBlock(report: Report): string {
  const rows: readonly (readonly string[])[] = [columns, ...rowsOf(report)];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const head = `${report.bench}: ${report.about} (${report.unit}, ${report.better} is better)`;
  const notes = report.note === undefined ? [] : [`  ${report.note}`];
  const goals = report.goals.map((goal) => `  goal ${goal.goal}: ${verdict(goal)}`);
  return `${[head, ...lines.map((line) => `  ${line}`), ...notes, ...goals].join('\n')}\n`;
}

function markdownBlock(report: Report): string {
  const rows = measuredRows(report).map((cells) => `| ${cells.slice(0, 4).join(' | ')} |`);
  const skipped = Object.entries(report.skipped).map(([name, reason]) => {
    return `- ${name} was left out: ${inOneLine(reason)}`;
  });
  const goals = report.goals.map((goal) => `- Goal: ${goal.goal}: ${verdict(goal)}.`);
  return [
    `## ${report.bench}`,
    `${report.about}; ${report.unit}, ${report.better} is better.`,
    ...(report.note === undefined ? [] : ['', report.note]),
    '',
    '| program | median | least–most | Millrace ÷ it |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...(goals.length + skipped.length === 0 ? [] : ['', ...goals, ...skipped]),
    '',
  ].join('\n');
}

function rowsOf(report: Report): readonly Row[] {
  const skipped = Object.entries(report.skipped).map(([name, reason]): Row => {
    return [name, '–', '–', '–', `left out: ${inOneLine(reason)}`];
  });
  return [...measuredRows(report), ...skipped];
}

function measuredRows(report: Report): readonly Row[] {
  const own = report.millrace === null ? [] : [['millrace', report.millrace] as const];
  return [...own, ...Object.entries(report.peers)].map(
    ([name, value]): Row => [name, String(value), spreadOf(report, name), ratioOf(report, name), ''],
  );
}

function spreadOf(report: Report, name: string): string {
  const [least, most] = report.spread[name] ?? [];
  return least === undefined || most === undefined ? '–' : `${least}–${most}`;
}

function ratioOf(report: Report, name: string): string {
  const ratio = report.ratios[name];
  return ratio === undefined ? '' : String(ratio);
}

function verdict({ met }: GoalReport): string {
  if (met === null) return 'not measured';
  return met ? 'met' : 'missed';
}

function inOneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
