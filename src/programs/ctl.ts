import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../command/run-cli.ts';
import { connectRouter } from '../engine/client/router-client.ts';
import { commands } from './ctl/commands.ts';

process.exitCode = await runCli({
  name: 'millrace ctl',
  version: JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')).version,
  argv: process.argv.slice(2),
  env: process.env,
  streams: {
    // Made when asked for: a command that was given as arguments reads nothing.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    onInterrupt,
  },
  socket: {
    path: '/run/millrace/vrouter.sock',
    variables: ['MILLRACE_SOCK_PATH', 'GROUT_SOCK_PATH'],
  },
  connect: (socketPath) => connectRouter({ socketPath }),
  commands,
});

function onInterrupt(listener: () => void): () => void {
  process.on('SIGINT', listener);
  return () => process.off('SIGINT', listener);
}
