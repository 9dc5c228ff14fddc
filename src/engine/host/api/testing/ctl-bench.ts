import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import type { Command } from '../../../../command/command.ts';
import { runCli } from '../../../../command/run-cli.ts';
import { connectRouter, type RouterClient } from '../../../client/router-client.ts';
import { ApiServer } from '../server.ts';
import type { ApiService } from '../service.ts';

/** One request as it left the command. */
export interface SeenCall {
  readonly method: string;
  readonly request: unknown;
}

/** Runs lines of ctl against services, over a real socket. */
export class CtlBench {
  readonly calls: SeenCall[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-ctl-'));
  readonly #path = join(this.#folder, 'vrouter.sock');
  readonly #commands: readonly Command<RouterClient>[];
  readonly #server: ApiServer;

  constructor(options: {
    readonly commands: readonly Command<RouterClient>[];
    readonly services: readonly ApiService[];
  }) {
    this.#commands = options.commands;
    const onFault = ({ error }: { readonly error: unknown }) => process.stderr.write(`${String(error)}\n`);
    this.#server = new ApiServer({ path: this.#path, mode: 0o600, services: options.services, onFault });
  }

  async start(): Promise<void> {
    await this.#server.start();
  }

  async close(): Promise<void> {
    await this.#server.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** Runs one line and gives what it printed and what it asked the router. */
  async run(line: string, ...options: readonly string[]) {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const outputs = Promise.all([buffer(stdout), text(stderr)]);
    stdin.end(`${line}\n`);
    this.calls.length = 0;
    const clients: RouterClient[] = [];
    const connect = (socketPath: string) => {
      const client = recording(connectRouter({ socketPath }), this.calls);
      clients.push(client);
      return client;
    };
    const code = await runCli({
      name: 'ctl',
      version: '0',
      argv: ['-s', this.#path, ...options],
      env: {},
      streams: { stdin, stdout, stderr },
      commands: this.#commands,
      socket: { path: '', variables: [] },
      connect,
    });
    for (const client of clients) client.close();
    stdout.end();
    stderr.end();
    const [bytes, error] = await outputs;
    return { code, out: bytes.toString(), bytes, error };
  }

  /** Runs one line that must succeed with --json, and gives the value it printed. */
  async json(line: string): Promise<unknown> {
    const { code, out, error } = await this.run(line, '-j');
    if (code !== 0) throw new Error(error);
    return JSON.parse(out);
  }

  /** Runs one line that must succeed, and gives the requests that it made. */
  async requests(line: string): Promise<readonly SeenCall[]> {
    const { code, error } = await this.run(line);
    if (code !== 0) throw new Error(error);
    return [...this.calls];
  }
}

function recording(client: RouterClient, calls: SeenCall[]): RouterClient {
  const record = (method: string, request: unknown) =>
    calls.push({ method, request: JSON.parse(JSON.stringify(request)) });
  return {
    call: (service, method, request, options) => {
      record(method, request);
      return client.call(service, method, request, options);
    },
    stream: (service, method, request, options) => {
      record(method, request);
      return client.stream(service, method, request, options);
    },
    close: () => client.close(),
  };
}
