import { PassThrough } from 'node:stream';
import type { Command } from '../../../command/command.ts';
import { runCli } from '../../../command/run-cli.ts';
import { ApiError } from '../../api-error.ts';
import { connectRouter, type RouterClient } from '../../client/router-client.ts';

/** Runs a file of ctl lines against a router; the first line that fails ends it. @throws ApiError with that line's error */
export async function runScript(options: {
  readonly file: string;
  readonly socketPath: string;
  readonly version: string;
  readonly commands: readonly Command<RouterClient>[];
}): Promise<void> {
  const { file, socketPath, version, commands } = options;
  const stderr = new PassThrough();
  const complaints: Buffer[] = [];
  stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const exitCode = await runCli({
    name: 'millrace ctl',
    version,
    argv: ['--err-exit', '--no-pager', '--socket', socketPath, '--file', file],
    env: {},
    streams: {
      stdin: new PassThrough().end(),
      stdout: new PassThrough().resume(),
      stderr,
      onInterrupt: () => () => {},
    },
    socket: { path: socketPath, variables: [] },
    connect: (path) => connectRouter({ socketPath: path }),
    commands,
  });
  if (exitCode === 0) return;
  const received = Buffer.concat(complaints).toString().trim();
  throw new ApiError('EINVAL', { doing: `run ${file}`, expected: 'every line to succeed', received });
}
