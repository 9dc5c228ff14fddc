import { reasonOf } from './bench-error.ts';
import { catalogue } from './catalogue.ts';
import { unexplained, writeDocument } from './document.ts';
import { describeMachine, type Machine, machineSentence } from './machine.ts';
import { type Options, parseOptions } from './options.ts';
import { type Report, report } from './report.ts';
import { textSummary, textTable } from './table.ts';

const quietLoad = 0.7;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  process.stderr.write(`error: ${reasonOf(error)}${code}\n`);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(
    args,
    catalogue.map(({ name }) => name),
  );
  if (options.help) {
    process.stdout.write(help());
    return 0;
  }
  const reports = await measure(options);
  if (!options.json) process.stdout.write(`\n${textTable(reports)}\n${textSummary(reports)}`);
  for (const bench of unexplained(reports)) log(`${bench} misses a goal and limits.ts does not say why`);
  if (options.write) log(`wrote ${await writeDocument(reports, catalogue)}`);
  return reports.every(({ millrace }) => millrace !== null) ? 0 : 1;
}

// One object a line, as soon as it is known.
async function measure(options: Options): Promise<readonly Report[]> {
  warn(await describeMachine());
  const { runs, seconds, routes, peers, mix } = options;
  const settings = { runs, seconds, mix, log, ...(routes && { routes }), ...(peers && { peers }) };
  const reports: Report[] = [];
  for (const bench of catalogue) {
    if (options.names.length > 0 && !options.names.includes(bench.name)) continue;
    log(`${bench.name}: ${bench.about}`);
    const machine = await describeMachine();
    const results = (await bench.run(settings)).map((result) => report(bench.name, result, machine));
    reports.push(...results);
    if (options.json) process.stdout.write(results.map((each) => `${JSON.stringify(each)}\n`).join(''));
  }
  return reports;
}

function warn(machine: Machine): void {
  log(`${machineSentence(machine)}; commit ${machine.commit}`);
  if (machine.load > quietLoad)
    log(`the machine is busy (load ${machine.load}): take the figures as a hint only`);
}

function log(line: string): void {
  process.stderr.write(`bench  ${line}\n`);
}

function help(): string {
  const names = catalogue.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`).join('\n');
  return `usage: npm run bench -- [NAME…] [--json] [--write] [--runs N] [--seconds S] [--routes N] [--mix]
                        [--peers A,B]

${names}

  --json     one JSON object a line instead of the tables
  --write    writes docs/benchmarks.md; rows that were not measured stay as they are
  --runs     rounds of the interleaved measurements (5)
  --seconds  length of each measurement (5)
  --routes   routes in the table, for forward and routes
  --mix      packets of all sizes and both families, for forward
  --peers    only these programs, by name
`;
}
