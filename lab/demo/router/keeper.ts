import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { finished } from 'node:stream/promises';

/**
 * Runs the demo again, with the same options, in a process that stays when this one ends, and shows what it writes until it has finished.
 * All that the demo has built ends with that process.
 */
export async function runKept(script: string): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, script, ...process.argv.slice(2)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...keptEnvironment, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => child.kill('SIGTERM'));
  const status = new Promise<number>((resolve) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  child.stdout?.pipe(process.stdout, { end: false });
  child.stderr?.pipe(process.stderr, { end: false });
  await Promise.all([child.stdout, child.stderr].map((stream) => stream && finished(stream)));
  return status;
}

/** Whether this process is the one that stays. */
export function isKept(environment: NodeJS.ProcessEnv): boolean {
  return environment[keptName] === '1';
}

/** Lets the process that shows this one's output end, and stays until told to end. */
export function stay(status: number): void {
  setInterval(() => {}, 1 << 30);
  process.send?.(status, () => {
    process.disconnect?.();
    for (const output of [1, 2]) closeAndReplace(output);
  });
}

// The lowest free number is the one that was just closed; nothing that is opened later may get it.
function closeAndReplace(descriptor: number): void {
  closeSync(descriptor);
  openSync('/dev/null', 'w');
}

const keptName = 'MILLRACE_DEMO_KEPT';
const keptEnvironment = { [keptName]: '1' };
