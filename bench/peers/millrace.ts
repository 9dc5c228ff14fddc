import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BenchError } from '../bench-error.ts';
import { cores } from '../peer.ts';
import { startProgram } from '../program.ts';
import { run } from '../run.ts';
import { forwardingRouter, type Router, type RouterInstance } from './router.ts';

/** What all the others are compared with. */
export const millrace = forwardingRouter(
  millraceWith({ about: 'this router, -p (hugepages, polling)', flags: ['-p'] }),
);

/** The same as it is by default: it sleeps when nothing arrives. */
export const millraceAsleep = millraceWith({
  about: 'this router by default (hugepages, micro-sleeps)',
  flags: [],
});

const root = dirname(dirname(import.meta.dirname));
const vrouterProgram = join(root, 'src/programs/vrouter.ts');

/** The command that runs programs of this clone. */
export const millraceCommand = join(root, 'bin/millrace');

/** The socket of a router whose files are in the directory. */
export function millraceSocket(directory: string): string {
  return join(directory, 'millrace.sock');
}

interface Variant {
  readonly about: string;
  readonly flags: readonly string[];
}

function millraceWith({ about, flags }: Variant): Router {
  return { name: 'millrace', about, setUp, start: (directory) => start(directory, flags) };
}

async function setUp(): Promise<void> {
  if (existsSync(vrouterProgram)) return;
  throw new BenchError('BENCH_MILLRACE', `expected the router at ${vrouterProgram}, found none`);
}

async function start(directory: string, flags: readonly string[]): Promise<RouterInstance> {
  const socket = millraceSocket(directory);
  const program = startProgram({
    name: 'millrace vrouter',
    command: [
      millraceCommand,
      ...['vrouter', ...flags, '-s', socket, '-M', `unix:${join(directory, 'metrics')}`],
      ...['--control-cpus', String(cores.control), '--datapath-cpus', String(cores.datapath)],
    ],
    ownNetwork: true,
  });
  const instance: RouterInstance = {
    program,
    inside: (path) => path,
    control: (command, timeoutMs = 60_000) =>
      run([millraceCommand, 'ctl', '-s', socket, ...command], { timeoutMs }),
    [Symbol.asyncDispose]: () => program.close(),
  };
  const patienceMs = 30_000;
  await program.until('its socket', async () => existsSync(socket) || undefined, patienceMs);
  await program.until('its API', () => instance.control(['interface']).catch(() => undefined), patienceMs);
  return instance;
}
