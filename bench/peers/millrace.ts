import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BenchError } from '../bench-error.ts';
import { cores } from '../peer.ts';
import { startProgram } from '../program.ts';
import { run } from '../run.ts';
import { forwardingRouter, type Router, type RouterInstance, vhostRouter } from './router.ts';

const root = dirname(dirname(import.meta.dirname));
const vrouterProgram = join(root, 'src/programs/vrouter.ts');

const millraceCommand = join(root, 'bin/millrace');

/** This router without sleeping, as a router that is configured by its client. */
export const millracePolling = millraceWith({ about: 'this router, -p (hugepages, polling)', flags: ['-p'] });

/** What all the others are compared with. */
export const millrace = forwardingRouter(millracePolling);

/** The same between two vhost-user ends. */
export const millraceVhost = vhostRouter(millracePolling);

/** The same as it is by default: it sleeps when nothing arrives. */
export const millraceByDefault = millraceWith({
  about: 'this router by default (hugepages, micro-sleeps)',
  flags: [],
});

/** The same without sleeping and with a worker on each of these CPUs. */
export function millraceOn(datapathCpus: readonly number[]): Router {
  return millraceWith({ about: 'this router, -p (hugepages, polling)', flags: ['-p'], datapathCpus });
}

/** The same without sleeping and with so many packet buffers, for as many packets in memory. */
export function millraceWithBuffers(buffers: number): Router {
  const about = `this router, -p --buffers ${buffers} (hugepages, polling)`;
  return millraceWith({ about, flags: ['-p', '--buffers', String(buffers)] });
}

interface Variant {
  readonly about: string;
  readonly flags: readonly string[];
  readonly datapathCpus?: readonly number[];
}

function millraceWith({ about, flags, datapathCpus = [cores.datapath] }: Variant): Router {
  const cpus = ['--control-cpus', String(cores.control), '--datapath-cpus', datapathCpus.join(',')];
  return { name: 'millrace', about, setUp, launch: (directory) => launch(directory, [...flags, ...cpus]) };
}

async function setUp(): Promise<void> {
  if (existsSync(vrouterProgram)) return;
  throw new BenchError('BENCH_MILLRACE', `expected the router at ${vrouterProgram}, found none`);
}

async function launch(directory: string, flags: readonly string[]): Promise<RouterInstance> {
  const socket = join(directory, 'millrace.sock');
  const program = startProgram({
    command: [
      millraceCommand,
      ...['vrouter', ...flags, '-s', socket, '-M', `unix:${join(directory, 'metrics')}`],
    ],
    ownNetwork: true,
  });
  return {
    program,
    socket,
    inside: (path) => path,
    control: (command, timeoutMs = 60_000) =>
      run([millraceCommand, 'ctl', '-s', socket, ...command], { timeoutMs }),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
