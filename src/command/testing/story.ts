import { PassThrough } from 'node:stream';
import type { Command } from '../command.ts';
import { runCli } from '../run-cli.ts';

export interface Story<C> {
  readonly commands: readonly Command<C>[];
  readonly client: C;
  readonly argv?: readonly string[];
  /** What comes in on standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ending {
  readonly out: string;
  readonly err: string;
  readonly code: number;
  /** The socket that was connected to, if one was. */
  readonly connected: string | undefined;
}

/** Runs a whole program in memory and gives what it left behind. */
export async function play<C>(story: Story<C>): Promise<Ending> {
  const stdin = new PassThrough().end(story.input ?? '');
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const [out, err] = [textOf(stdout), textOf(stderr)];
  let connected: string | undefined;
  const code = await runCli({
    name: 'router ctl',
    version: '1.2.3',
    argv: story.argv ?? [],
    env: story.env ?? {},
    streams: { stdin, stdout, stderr },
    commands: story.commands,
    socket: { path: '/run/router.sock', variables: ['ROUTER_SOCK_PATH', 'OLD_SOCK_PATH'] },
    connect: (path) => {
      connected = path;
      return story.client;
    },
  });
  stdout.end();
  stderr.end();
  return { out: await out, err: await err, code, connected };
}

async function textOf(stream: PassThrough): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
