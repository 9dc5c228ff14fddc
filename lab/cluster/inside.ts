import { resolve } from 'node:path';
import type { Command } from '../command.ts';

/** The command that runs another one inside of a network namespace, by its name or path; it replaces itself. */
export function inside(namespace: string, command: readonly string[]): Command {
  // nsenter and not "ip netns exec", which hides mounts below /sys.
  return ['nsenter', `--net=${resolve('/run/netns', namespace)}`, '--', ...command];
}

/** The same with a line of shell. */
export function shellInside(namespace: string, line: string): Command {
  return inside(namespace, ['sh', '-c', line]);
}
