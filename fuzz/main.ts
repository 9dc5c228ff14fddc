import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buildFolder, type JobResult, startJob } from './job.ts';
import { parseOptions } from './options.ts';
import { replay } from './replay.ts';
import { runOnWire } from './wire/run.ts';

const help = `usage: npm run fuzz -- [SECONDS] [--seed N] [--jobs N]
       npm run fuzz -- --replay FILE
       npm run fuzz -- --wire [PACKETS] [--seed N]

Gives the datapath packets that go wrong in every way, and looks at all that it does with them (fuzz/README.md).

  SECONDS   how long (60)
  --seed    the same packets again; each job takes the next seed
  --jobs    threads that fuzz (one for each CPU)
  --replay  runs what was found before
  --wire    sends PACKETS of them (1000000000) through a router process with real ports
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)} (MILLRACE_FUZZ)\n`);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, () => Date.now() % 1_000_000_000);
  if (options.what === 'help') return print([help.trimEnd()], 0);
  if (options.what === 'wire') return runOnWire(options, (line) => print([line], 0));
  if (options.what === 'replay') {
    const { lines, holds } = await replay(options.file);
    return print(lines, holds ? 0 : 1);
  }
  const { seconds, jobs } = options;
  print([`fuzz  seed ${options.seed}, ${jobs} ${jobs === 1 ? 'job' : 'jobs'}, ${seconds} s`], 0);
  const seeds = Array.from({ length: jobs }, (_, i) => options.seed + i);
  const results = await Promise.all(seeds.map((seed) => startJob({ seed, seconds })));
  print(summary(results), 0);
  const found = await Promise.all(results.map(keepFound));
  return print(found.flat(), found.some((lines) => lines.length > 0) ? 1 : 0);
}

function summary(results: readonly JobResult[]): readonly string[] {
  const sum = (of: (result: JobResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const rate = sum(({ packets, seconds }) => packets / seconds);
  const cpuRate = sum(({ packets }) => packets) / sum(({ cpuSeconds }) => cpuSeconds);
  const reached = new Set(results.flatMap((result) => result.reached));
  const missing = new Set(results.flatMap((result) => result.missing.filter((edge) => !reached.has(edge))));
  return [
    `fuzz  ${sum(({ packets }) => packets)} packets, ${Math.round(rate)} a second, ${Math.round(cpuRate)} in each second of a CPU; each input is two, one each way`,
    `fuzz  ${reached.size} of ${reached.size + missing.size} edges, ${sum(({ paths }) => paths)} paths by shape, ${sum(({ corpus }) => corpus)} inputs kept`,
    `fuzz  never taken: ${[...missing].join(', ') || 'none'}`,
  ];
}

/** Writes what a job has found to a file, and says how to see it again. */
async function keepFound({ seed, found }: JobResult): Promise<readonly string[]> {
  if (!found) return [];
  const folder = join(buildFolder, 'fuzz');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `seed-${seed}.json`);
  await writeFile(file, found.burst);
  const again = found.alone ? `--replay ${relative(process.cwd(), file)}` : `--seed ${seed} --jobs 1`;
  const hint = found.alone ? 'as small as it gets' : 'it takes what came before, too';
  return [`found  ${found.message}`, `       ${hint}; again: npm run fuzz -- ${again}`];
}

function print(lines: readonly string[], status: number): number {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  return status;
}
