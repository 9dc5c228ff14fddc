/** What a program says and how it ends. */
export interface ProgramResult {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Says how a program is called. */
export function usageError(reason: string, usage: string): ProgramResult {
  return { code: 2, output: '', errors: `error: ${reason}\n${usage}` };
}

/** Runs a program of this process's arguments and prints what it says. */
export async function runProgram(run: (argv: readonly string[]) => Promise<ProgramResult>): Promise<void> {
  try {
    const { code, output, errors } = await run(process.argv.slice(2));
    process.stdout.write(output);
    process.stderr.write(errors);
    process.exitCode = code;
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
