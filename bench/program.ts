import { Program } from '../lab/program.ts';

/** How a program is started. */
export interface ProgramSpec {
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs it in a network namespace of its own, so that its TAPs never meet the host's. */
  readonly ownNetwork?: boolean;
  readonly ownMounts?: boolean;
}

/** How long a DPDK program may take to come up. */
export const bootPatience = { timeoutMs: 10_000, everyMs: 10 } as const;

/** Starts a program that runs until it is closed, apart from the host as far as asked for. */
export function startProgram(spec: ProgramSpec): Program {
  const { environment } = spec;
  return new Program(apart(spec), environment === undefined ? {} : { environment });
}

function apart({ command, ownNetwork, ownMounts }: ProgramSpec): readonly [string, ...string[]] {
  const spaces = [...(ownNetwork ? ['--net'] : []), ...(ownMounts ? ['--mount'] : [])];
  return spaces.length === 0 ? command : ['unshare', ...spaces, '--', ...command];
}
