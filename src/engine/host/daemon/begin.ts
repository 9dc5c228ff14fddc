import { ApiError } from '../../api-error.ts';
import { findListener } from '../api/unix-socket-holder.ts';
import { allowedCpus } from '../dpdk.ts';
import { startEarly } from '../early-start.ts';
import type { Flags } from './flags.ts';
import { findPredecessor } from './predecessor.ts';
import type { Cpus, Program } from './run.ts';

/** A vRouter program: what it needs from outside, and where the rest of it is. */
export interface Daemon {
  readonly version: string;
  readonly usage: string;
  readonly datapathFile: string;
  readFlags(): Flags;
  /** Loads what it is made of. */
  load(): Promise<{ readonly program: Program }>;
}

/** Runs a vRouter until it is told to end. Sets the process's exit code. */
export async function runDaemon(daemon: Daemon): Promise<void> {
  try {
    const flags = daemon.readFlags();
    if (flags.help) return void process.stdout.write(daemon.usage);
    if (flags.version) return void process.stdout.write(`millrace vrouter ${daemon.version}\n`);
    await start(daemon, flags);
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

/** EAL, the datapath and the workers' threads take as long to start as the rest of the program takes to load. */
async function start(daemon: Daemon, flags: Flags): Promise<void> {
  const predecessor = flags.takeOver ? findPredecessor(flags.socket) : undefined;
  if (!predecessor) checkSocketFree(flags.socket);
  const cpus = chooseCpus(flags);
  const early = startEarly({
    eal: { controlCpus: cpus.control, hugepages: !flags.test, extra: flags.ealArguments },
    datapathFile: daemon.datapathFile,
    workers: cpus.datapath.length,
  });
  const [{ serve }, { program }] = await Promise.all([import('./run.ts'), daemon.load()]);
  const { version, datapathFile } = daemon;
  await serve({ version, datapathFile, program, flags, early, cpus, predecessor });
}

/** The last CPU is the datapath's and the others are for control, unless somebody says otherwise. */
function chooseCpus(flags: Flags): Cpus {
  const allowed = allowedCpus();
  const datapath = flags.datapathCpus ?? allowed.slice(-1);
  const others = allowed.filter((cpu) => !datapath.includes(cpu));
  const control = flags.controlCpus ?? (others.length > 0 ? others : allowed);
  const foreign = [...control, ...datapath].find((cpu) => !allowed.includes(cpu));
  if (foreign === undefined && datapath.length > 0) return { control, datapath };
  const received = foreign === undefined ? 'none for the datapath' : `CPU ${foreign}`;
  throw new ApiError('EINVAL', {
    doing: 'choose CPUs',
    expected: `CPUs among ${allowed.join(', ')}`,
    received,
  });
}

/** Finds out before anything is touched that another router holds the socket. @throws ApiError EADDRINUSE */
function checkSocketFree(path: string): void {
  const holder = findListener(path);
  if (!holder) return;
  const received = `one that ${holder.command} (pid ${holder.pid}) listens on`;
  throw new ApiError('EADDRINUSE', {
    doing: `open the API socket ${path}`,
    expected: 'a free socket',
    received,
  });
}
