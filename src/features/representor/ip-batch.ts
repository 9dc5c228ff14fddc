import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { IpCommand } from './host-settings.ts';

/** A line that the host has refused, and why. */
export interface IpFailure {
  readonly command: IpCommand;
  readonly reason: string;
}

/** Runs lines of iproute2 in order, one process for as many as have the same family; resolves to those that failed. */
export async function runIp(commands: readonly IpCommand[]): Promise<readonly IpFailure[]> {
  const failures: IpFailure[] = [];
  for (const lines of inRuns(commands)) failures.push(...(await runBatch(lines)));
  return failures;
}

/** Reads which lines of a batch failed (`Command failed -:3`) and what was said before. */
export function failuresIn(output: string, commands: readonly IpCommand[]): readonly IpFailure[] {
  const failures: IpFailure[] = [];
  let said: string[] = [];
  for (const line of output.split('\n')) {
    const number = /^Command failed -:(\d+)$/.exec(line)?.[1];
    if (number === undefined) {
      if (line.trim()) said.push(line.trim());
      continue;
    }
    const command = commands[Number(number) - 1];
    if (command) failures.push({ command, reason: said.join(' ') });
    said = [];
  }
  return failures;
}

/** Splits commands into runs of one family, in their order. */
export function inRuns(commands: readonly IpCommand[]): readonly (readonly IpCommand[])[] {
  const runs: IpCommand[][] = [];
  for (const command of commands) {
    const run = runs.at(-1);
    if (run?.[0]?.ipv6 === command.ipv6) run.push(command);
    else runs.push([command]);
  }
  return runs;
}

/** The batch goes on behind a line that fails. */
async function runBatch(commands: readonly IpCommand[]): Promise<readonly IpFailure[]> {
  const family = commands[0]?.ipv6 ? ['-6'] : [];
  const child = spawn('ip', [...family, '-force', '-batch', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child.on('error', (error) => resolve(error.message));
  child.on('close', () => resolve(undefined));
  child.stdin.on('error', () => {}); // it has ended early; what it said tells why
  child.stdin.end(commands.map(({ line }) => `${line}\n`).join(''));
  const [output, broken] = await Promise.all([text(child.stderr), promise]);
  if (broken !== undefined) return commands.map((command) => ({ command, reason: broken }));
  return failuresIn(output, commands);
}
