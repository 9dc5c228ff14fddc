import { fileURLToPath } from 'node:url';
import { describeAll, describeFile, summarize } from '../test/report.ts';
import { countTests, type FileResult } from '../test/result.ts';
import { parseArguments, type Release } from './releases.ts';
import { runRelease } from './run-release.ts';
import { testFiles } from './test-files.ts';

// Runs the lab's behaviours and the addon's tests with each version of DPDK: npm run test:dpdk -- [VERSION…] [PATTERN]
const root = fileURLToPath(new URL('../..', import.meta.url));
const started = performance.now();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const request = parseArguments(process.argv.slice(2));
  const files = testFiles(root, request.pattern);
  if (process.getuid?.() !== 0)
    throw new Error('expected to run as root, which a Debian root and the lab need (MILLRACE_DPDK_ROOT)');
  const outcomes: { release: Release; results: readonly FileResult[] }[] = [];
  for (const release of request.releases) {
    if (stop.signal.aborted) break;
    console.log(`\n${nameOf(release)}`);
    const onResult = (result: FileResult) => console.log(describeFile(result));
    const results = await runRelease(release, { root, files, signal: stop.signal, onResult });
    outcomes.push({ release, results });
  }
  const lines = outcomes.map(({ release, results }) => `${nameOf(release)}: ${summarize(results)}`);
  const all = outcomes.flatMap(({ results }) => results);
  console.log(`\n${[...lines, describeAll(all, performance.now() - started)].join('\n')}`);
  return countTests(all, 'failed') === 0 && !stop.signal.aborted ? 0 : 1;
}

function nameOf({ dpdk, debian }: Release): string {
  return `DPDK ${dpdk} (Debian ${debian})`;
}
