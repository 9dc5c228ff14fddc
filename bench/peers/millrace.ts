import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BenchError } from '../bench-error.ts';
import type { Forwarding, ForwardJob, Peer, Sample } from '../peer.ts';
import { type Program, startProgram } from '../program.ts';
import { run } from '../run.ts';
import { forwardingScript } from './router-script.ts';

/** What all the others are compared with. */
export const millrace: Peer = {
  name: 'millrace',
  about: 'this router, polling, hugepages',
  async setUp() {
    if (existsSync(vrouterProgram)) return;
    throw new BenchError('BENCH_MILLRACE', `expected the router at ${vrouterProgram}, found none`);
  },
  forward,
};

const root = dirname(dirname(import.meta.dirname));
const vrouterProgram = join(root, 'src/programs/vrouter.ts');

/** The command that runs programs of this clone. */
export const millraceCommand = join(root, 'bin/millrace');

async function forward(job: ForwardJob): Promise<Forwarding> {
  const script = join(job.directory, 'millrace.script');
  await writeFile(script, `${forwardingScript(job.workload, job.pcap).join('\n')}\n`);
  await using resources = new AsyncDisposableStack();
  const instance = resources.use(await startMillrace(job.directory, ['-p']));
  await instance.control(['-e', '-f', script], 120_000);
  const sample = () => instance.sentBy('p1');
  await instance.program.until('its first packet', async () =>
    (await sample()).packets > 0 ? true : undefined,
  );
  const kept = resources.move();
  return { sample, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Starts the router with its socket in a directory, and returns it when its API answers. */
export async function startMillrace(directory: string, flags: readonly string[]): Promise<MillraceInstance> {
  const socket = join(directory, 'millrace.sock');
  const program = startProgram({
    name: 'millrace vrouter',
    command: [millraceCommand, 'vrouter', ...flags, '-s', socket, '-M', `unix:${join(directory, 'metrics')}`],
    ownNetwork: true,
  });
  const instance = new MillraceInstance(program, socket);
  await program.until('its socket', async () => existsSync(socket) || undefined, 30_000);
  await program.until('its API', () => instance.control(['interface']).catch(() => undefined), 30_000);
  return instance;
}

export class MillraceInstance implements AsyncDisposable {
  readonly program: Program;
  readonly socket: string;

  constructor(program: Program, socket: string) {
    this.program = program;
    this.socket = socket;
  }

  control(command: readonly string[], timeoutMs = 60_000): Promise<string> {
    return run([millraceCommand, 'ctl', '-s', this.socket, ...command], { timeoutMs });
  }

  async sentBy(name: string): Promise<Sample> {
    const beforeMs = performance.now();
    const text = await this.control(['stats', 'hardware']);
    const atMs = (beforeMs + performance.now()) / 2;
    const packets = new RegExp(`^${name}\\.tx_good_packets:?\\s+(\\d+)`, 'm').exec(text)?.[1];
    return { packets: Number(packets ?? 0), atMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program.close();
  }
}
