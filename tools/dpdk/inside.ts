import { spawnSync } from 'node:child_process';
import type { FileResult, TestResult } from '../test/result.ts';
import { runFile } from '../test/run-file.ts';

// Runs in a root: inside.ts VERSION FILE…
// Compiles the addon, then runs the test files, and writes a FileResult a line as soon as it is known.
const [version = '', ...files] = process.argv.slice(2);
const root = process.cwd();
/** The longest that an honest file takes on a busy machine. */
const limitMs = 180_000;

const addon = compileAddon();
tell(addon);
const usable = addon.tests.every(({ outcome }) => outcome === 'passed');
for (const file of usable ? files : []) tell(await runFile(file, { root, limitMs }));

function compileAddon(): FileResult {
  const started = performance.now();
  const tests = [findDpdk(), compile()];
  return { file: 'native', tests, durationMs: performance.now() - started };
}

function findDpdk(): TestResult {
  return asTest(`the root has DPDK ${version}`, ['pkg-config', '--modversion', 'libdpdk'], (found) =>
    found.startsWith(`${version}.`),
  );
}

function compile(): TestResult {
  return asTest('the addon compiles without a warning', ['bash', 'tools/dpdk/build-addon.sh'], () => true);
}

/** A command as a test: it passes when the command succeeds and has printed what was expected. */
function asTest(
  name: string,
  [file, ...args]: readonly [string, ...string[]],
  isExpected: (printed: string) => boolean,
): TestResult {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8' });
  const passed = status === 0 && isExpected(stdout);
  const said = error?.message ?? `${stdout}${stderr}`;
  const reason = passed ? '' : `${[file, ...args].join(' ')} ended with status ${status} and said:\n${said}`;
  return { outcome: passed ? 'passed' : 'failed', name, durationMs: performance.now() - started, reason };
}

function tell(result: FileResult): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
