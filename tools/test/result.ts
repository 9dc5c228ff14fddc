/** What became of one test, as the reporter in the test's process sends it: one JSON object a line. */
export interface TestResult {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Names from the outermost suite or test inwards. */
  readonly name: string;
  readonly durationMs: number;
  /** Why it failed or was skipped. */
  readonly reason: string;
}

/** What became of one test file. */
export interface FileResult {
  readonly file: string;
  readonly tests: readonly TestResult[];
  readonly durationMs: number;
}

/** How many tests of some files had an outcome. */
export function countTests(files: readonly FileResult[], outcome: TestResult['outcome']): number {
  return files.flatMap((file) => file.tests).filter((test) => test.outcome === outcome).length;
}
