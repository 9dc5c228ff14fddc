import type { GoalReport, Report } from './report.ts';

/** Draws the results for a terminal: a block for each, a line for each program. */
export function textTable(reports: readonly Report[]): string {
  return reports.map(textBlock).join('\n');
}

/** Draws one line for each goal, and one for each result without a goal. */
export function textSummary(reports: readonly Report[]): string {
  return `${aligned([summaryColumns, ...reports.flatMap(summaryRows)]).join('\n')}\n`;
}

/** Draws the same as a Markdown table, whose lines lead to the results' sections. */
export function markdownSummary(reports: readonly Report[]): string {
  const rows = reports.flatMap(summaryRows).map(([bench = '', ...cells]) => [linkTo(bench), ...cells]);
  return markdownTable(['benchmark', 'goal', 'must reach', 'reached', ''], rows);
}

const columns = ['PROGRAM', 'MEDIAN', 'LEAST–MOST', 'MILLRACE/IT', ''] as const;

type Row = readonly [program: string, median: string, spread: string, ratio: string, remark: string];

const summaryColumns = ['BENCHMARK', 'GOAL', 'MUST REACH', 'REACHED', ''] as const;

function summaryRows(report: Report): readonly (readonly string[])[] {
  const { bench, millrace, unit, goals } = report;
  const own = millrace === null ? '–' : `${millrace} ${unit}`;
  if (goals.length === 0) return [[bench, 'reported', '', own, '']];
  return goals.map((goal) => [bench, goal.goal, goal.must, String(goal.reached ?? '–'), verdict(goal)]);
}

function textBlock(report: Report): string {
  const lines = aligned([columns, ...rowsOf(report)]);
  const head = `${report.bench}: ${report.about} (${report.unit}, ${report.better} is better)`;
  const notes = report.note === undefined ? [] : [`  ${report.note}`];
  const goals = report.goals.map((goal) => `  goal ${goal.goal}: ${verdict(goal)}`);
  return `${[head, ...lines.map((line) => `  ${line}`), ...notes, ...goals].join('\n')}\n`;
}

/** Draws one result as a Markdown section. */
export function markdownReport(report: Report): string {
  const rows = measuredRows(report).map((cells) => cells.slice(0, 4));
  const skipped = Object.entries(report.skipped).map(([name, reason]) => {
    return `- ${name} was left out: ${inOneLine(reason)}`;
  });
  const goals = report.goals.map((goal) => `- Goal: ${goal.goal}: ${verdict(goal)}.`);
  return [
    `## ${report.bench}`,
    `${report.about}; ${report.unit}, ${report.better} is better.`,
    ...(report.note === undefined ? [] : ['', report.note]),
    '',
    markdownTable(['program', 'median', 'least–most', 'Millrace ÷ it'], rows).trimEnd(),
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

// As GitHub makes the anchor of a heading.
function linkTo(heading: string): string {
  return `[${heading}](#${heading.replaceAll(/[^a-z0-9_-]/g, '')})`;
}

function verdict({ met, mustMet }: GoalReport): string {
  if (met === null) return 'not measured';
  if (met) return 'met';
  return mustMet ? 'missed, reaches what it must' : 'missed';
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

function inOneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
