import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScript } from '../../engine/host/daemon/script.ts';
import { commands } from '../ctl/commands.ts';
import { version } from '../vrouter/version.ts';

/** Runs lines of ctl against a router; the last that were run can be read in the agent's directory. */
export function linesRunner({ state, router }: { readonly state: string; readonly router: string }) {
  return async (lines: readonly string[]): Promise<void> => {
    mkdirSync(state, { recursive: true, mode: 0o700 });
    const file = join(state, 'applied.ctl');
    writeFileSync(file, `${lines.join('\n')}\n`);
    await runScript({ file, socketPath: router, version, commands });
  };
}
