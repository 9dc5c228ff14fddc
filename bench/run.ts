import { execFile } from 'node:child_process';
import { BenchError } from './bench-error.ts';

export interface RunOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs a command to its end and returns what it printed; fails with its errors otherwise. */
export function run(command: readonly [string, ...string[]], options: RunOptions = {}): Promise<string> {
  const [file, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        cwd: options.directory,
        env: { ...process.env, ...options.environment },
        timeout: options.timeoutMs ?? 60_000,
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(failure(command, `${stderr}${stdout}`.trim() || error.message, error));
      },
    );
    child.stdin?.end();
  });
}

function failure(command: readonly string[], said: string, cause: Error): BenchError {
  const text = command.join(' ');
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return new BenchError(
    'BENCH_COMMAND',
    `expected success of \`${shown}\`, it said: ${said.slice(-2000)}`,
    cause,
  );
}
