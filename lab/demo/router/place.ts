import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { atExit } from '../../at-exit.ts';
import { LabError } from '../../lab-error.ts';

/** Where the demo of this machine has its sockets; there is one at a time. */
export const directory = '/run/millrace-demo';

const pidFile = `${directory}/demo.pid`;

/** Takes the place for this process until it ends. @throws LabError DEMO_RUNNING */
export function takePlace(): void {
  const holder = holderOf();
  if (holder !== undefined) {
    const advice = 'take it down with: npm run demo:router -- --down';
    throw new LabError(
      'DEMO_RUNNING',
      `expected no demo on this machine, process ${holder} runs one; ${advice}`,
    );
  }
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(pidFile, `${process.pid}\n`);
  atExit(() => rmSync(directory, { recursive: true, force: true }));
}

/** Ends the demo that is up and resolves to whether there was one. */
export async function endHolder(): Promise<boolean> {
  const holder = holderOf();
  if (holder === undefined) return false;
  process.kill(holder, 'SIGTERM');
  while (existsSync(`/proc/${holder}`)) await delay(20);
  return true;
}

/** The process that runs a demo; a file that a killed one left behind is none. */
function holderOf(): number | undefined {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const commandLine = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
  return commandLine.includes('lab/demo/router/main.ts') ? pid : undefined;
}
