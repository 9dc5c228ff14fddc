import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { check } from '../check/check.ts';
import { parseArguments, planTests } from './plan.ts';
import { describeAll, describeFile } from './report.ts';
import { countTests, type FileResult } from './result.ts';
import { runFile } from './run-file.ts';

// Runs every check and test, or those asked for: npm test -- [--quick] [PATTERN]
const root = fileURLToPath(new URL('../..', import.meta.url));
/** A file that hangs is killed; the longest honest ones compile three builds of the datapath, a minute each at worst. */
const limitMs = 480_000;
const started = performance.now();
const plan = planTests(parseArguments(process.argv.slice(2)), root);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const results: FileResult[] = [];
if (plan.checks) show(await runChecks());
await runAll(plan.parallel, availableParallelism());
await runAll(plan.serial, 1);

const shown = plan.namePattern === undefined ? results : results.filter((file) => file.tests.length > 0);
if (countTests(results, 'passed') + countTests(results, 'failed') === 0) process.exitCode = 1;
if (countTests(results, 'failed') > 0) process.exitCode = 1;
console.log(`\n${describeAll(shown, performance.now() - started)}`);

/** Types, lint, format and imports, as if they were tests. */
async function runChecks(): Promise<FileResult> {
  const started = performance.now();
  const outcomes = await check(root);
  const tests = outcomes.map(({ name, wrong, durationMs }) => {
    const outcome = wrong === undefined ? ('passed' as const) : ('failed' as const);
    return { outcome, name, durationMs, reason: wrong ?? '' };
  });
  return { file: 'npm run check', tests, durationMs: performance.now() - started };
}

/** Runs files, some at once; each takes the next when it is done. */
async function runAll(files: readonly string[], atOnce: number): Promise<void> {
  const waiting = [...files];
  const runNext = async (): Promise<void> => {
    const file = waiting.shift();
    if (file === undefined || stop.signal.aborted) return;
    show(await runFile(file, { root, limitMs, namePattern: plan.namePattern, signal: stop.signal }));
    return runNext();
  };
  await Promise.all(Array.from({ length: atOnce }, runNext));
}

function show(result: FileResult): void {
  results.push(result);
  if (plan.namePattern === undefined || result.tests.length > 0) console.log(describeFile(result));
}
