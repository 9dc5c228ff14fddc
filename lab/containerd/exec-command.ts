import type { Command } from '../command.ts';

/** What is to be run in which container. */
export interface ContainerExec {
  readonly container: string;
  /** Unique among those of the container. */
  readonly id: string;
  readonly command: readonly string[];
  readonly isTerminal?: boolean;
}

/** Where containers run: its directory, and the command line of containerd's own client. */
export interface ContainerHost {
  readonly cell: { readonly directory: string };
  ctl(...words: readonly string[]): Command;
}

/** The command that runs another one in a container, as its user, with our input and output. */
export function execCommand(
  host: ContainerHost,
  { container, id, command, isTerminal = false }: ContainerExec,
): Command {
  const terminal = isTerminal ? ['--tty'] : [];
  const fifos = ['--fifo-dir', `${host.cell.directory}/fifos`];
  return host.ctl('tasks', 'exec', ...terminal, '--exec-id', id, ...fifos, container, ...command);
}
