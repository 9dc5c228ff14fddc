import { join } from 'node:path';
import { cores, type Log } from '../peer.ts';
import { startProgram } from '../program.ts';
import { run } from '../run.ts';
import { groutRoot } from '../setup/grout.ts';
import { forwardingRouter, type Router, type RouterInstance, vhostRouter } from './router.ts';

/** The DPDK project's graph router, run as its own tests run it: polling, without hugepages. */
export const grout = forwardingRouter(
  groutWith({
    name: 'grout',
    about: 'Grout from Debian forky, -t -p (ordinary pages, polling)',
    flags: ['-t', '-p'],
  }),
);

/** Grout in earnest: with hugepages and without sleeping. */
export const groutPolling = groutWith({
  name: 'grout-hugepages',
  about: 'Grout from Debian forky, -p (hugepages, polling)',
  flags: ['-p'],
});

/** The same with hugepages, which is how it would be run in earnest. */
export const groutHugepages = forwardingRouter(groutPolling);

/** The same between two vhost-user ends. */
export const groutVhost = vhostRouter(groutPolling);

/** The same as it is by default: hugepages, and it sleeps when nothing arrives. */
export const groutByDefault = groutWith({
  name: 'grout',
  about: 'Grout from Debian forky by default (hugepages, micro-sleeps)',
  flags: [],
});

interface Variant {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly string[];
}

function groutWith({ name, about, flags }: Variant): Router {
  return {
    name,
    about,
    setUp: async (log: Log) => void (await groutRoot(log)),
    launch: (directory) => launch(directory, flags),
    firstLines: [`affinity cpus set control ${cores.control} datapath ${cores.datapath}`],
  };
}

async function launch(directory: string, flags: readonly string[]): Promise<RouterInstance> {
  const root = await groutRoot(() => {});
  const program = startProgram({
    command: [
      'sh',
      ...['-c', enterRoot, 'sh', root, directory],
      ...['grout', ...flags, '-s', `${mountPoint}/grout.sock`, '-M', `unix:${mountPoint}/grout.metrics`],
    ],
    ownNetwork: true,
    ownMounts: true,
  });
  return {
    program,
    socket: join(directory, 'grout.sock'),
    inside: (path) => path.replace(directory, mountPoint),
    control: (command, timeoutMs = 60_000) => {
      const enter = ['nsenter', `--target=${program.pid}`, '--mount', '--net', '--', 'chroot', root] as const;
      return run([...enter, 'grcli', '-s', `${mountPoint}/grout.sock`, ...command], { timeoutMs });
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

const mountPoint = '/bench';

// The mounts are the process's own and vanish with it.
const enterRoot = `
set -e
root=$1 directory=$2; shift 2
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --bind "$directory" "$root${mountPoint}"
exec chroot "$root" "$@"
`;
