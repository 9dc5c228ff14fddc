import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';

/** What `npm test` is asked for. */
export interface TestRequest {
  /** Leaves the lab out. */
  readonly quick: boolean;
  /** A part of a file's name or, where no file has it, a pattern for test names. */
  readonly pattern: string | undefined;
}

/** What is run: first the parallel files, then the serial ones, which need the machine's CPUs and hugepages. */
export interface TestPlan {
  readonly checks: boolean;
  readonly parallel: readonly string[];
  readonly serial: readonly string[];
  readonly namePattern: string | undefined;
}

/** @throws Error on a flag that is not known or a second pattern */
export function parseArguments(args: readonly string[]): TestRequest {
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--quick');
  const patterns = args.filter((arg) => !arg.startsWith('-'));
  if (unknown !== undefined)
    throw new Error(`expected --quick or a pattern, got ${unknown} (MILLRACE_TEST_USAGE)`);
  if (patterns.length > 1)
    throw new Error(`expected one pattern, got ${patterns.length} (MILLRACE_TEST_USAGE)`);
  return { quick: args.includes('--quick'), pattern: patterns[0] };
}

/** Chooses the test files below a root. @throws Error when the pattern is a path without tests */
export function planTests({ quick, pattern }: TestRequest, root: string): TestPlan {
  const parallel = filesBelow(root, ['src', 'tools', 'bench', 'fuzz', 'test']);
  const serial = quick ? [] : filesBelow(root, ['lab']);
  if (pattern === undefined) return { checks: true, parallel, serial, namePattern: undefined };
  const hasPattern = (file: string) => file.includes(pattern);
  const named = { parallel: parallel.filter(hasPattern), serial: serial.filter(hasPattern) };
  if (named.parallel.length + named.serial.length > 0)
    return { checks: false, ...named, namePattern: undefined };
  if (existsSync(join(root, pattern)))
    throw new Error(`expected a path with tests, got ${pattern}, which has none (MILLRACE_TEST_USAGE)`);
  return { checks: false, parallel, serial, namePattern: pattern };
}

function filesBelow(root: string, folders: readonly string[]): readonly string[] {
  // One pattern a folder: a brace around a single name is no choice to glob, and matches nothing.
  return folders.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root })).sort();
}
