import { type Command, type CommandOptions, run as runCommand } from '../lab/command.ts';

/** Runs a command to its end as the lab does, with more patience, and resolves to what it printed. */
export function run(command: Command, options: CommandOptions = {}): Promise<string> {
  return runCommand(command, { timeoutMs: 60_000, ...options });
}
