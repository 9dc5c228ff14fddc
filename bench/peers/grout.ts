import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Forwarding, ForwardJob, Log, Peer, Sample } from '../peer.ts';
import { type Program, startProgram } from '../program.ts';
import { run } from '../run.ts';
import { groutRoot } from '../setup/grout.ts';
import { forwardingScript } from './router-script.ts';

/** The DPDK project's graph router, run as its own tests run it: polling, without hugepages. */
export const grout: Peer = groutWith({
  name: 'grout',
  about: 'Grout from Debian forky, -t -p (ordinary pages, polling)',
  flags: ['-t', '-p'],
});

/** The same with hugepages, which is how it would be run in earnest. */
export const groutHugepages: Peer = groutWith({
  name: 'grout-hugepages',
  about: 'Grout from Debian forky, -p (hugepages, polling)',
  flags: ['-p'],
});

function groutWith({
  name,
  about,
  flags,
}: {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly string[];
}): Peer {
  return {
    name,
    about,
    setUp: async (log: Log) => void (await groutRoot(log)),
    forward: (job) => forward(job, flags),
  };
}

async function forward(job: ForwardJob, flags: readonly string[]): Promise<Forwarding> {
  const script = join(job.directory, 'grout.script');
  const instance = await startGrout(job.directory, flags);
  await using resources = new AsyncDisposableStack();
  resources.use(instance);
  const pcap = instance.inside(job.pcap);
  await writeFile(script, `${forwardingScript(job.workload, pcap).join('\n')}\n`);
  await instance.control(['-e', '-f', instance.inside(script)]);
  const sample = () => instance.sentBy('p1');
  await instance.program.until('its first packet', async () =>
    (await sample()).packets > 0 ? true : undefined,
  );
  const kept = resources.move();
  return { sample, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Starts Grout with its files in a directory, and returns it when its API answers. */
export async function startGrout(directory: string, flags: readonly string[]): Promise<GroutInstance> {
  const root = await groutRoot(() => {});
  const program = startProgram({
    name: 'grout',
    command: [
      'sh',
      ...['-c', enterRoot, 'sh', root, directory],
      ...['grout', ...flags, '-s', `${mountPoint}/grout.sock`, '-M', `unix:${mountPoint}/grout.metrics`],
    ],
    ownNetwork: true,
    ownMounts: true,
  });
  const instance = new GroutInstance({ program, root, directory });
  await program.until('its socket', async () => existsSync(join(directory, 'grout.sock')) || undefined);
  await program.until('its API', () => instance.control(['interface']).catch(() => undefined));
  return instance;
}

export class GroutInstance implements AsyncDisposable {
  readonly program: Program;
  readonly #root: string;
  readonly #directory: string;

  constructor(parts: { readonly program: Program; readonly root: string; readonly directory: string }) {
    this.program = parts.program;
    this.#root = parts.root;
    this.#directory = parts.directory;
  }

  /** The path of a file of its directory as it sees it. */
  inside(path: string): string {
    return path.replace(this.#directory, mountPoint);
  }

  /** Runs Grout's own client. */
  control(command: readonly string[], timeoutMs = 60_000): Promise<string> {
    const enter = ['nsenter', `--target=${this.program.pid}`, '--mount', '--net', '--', 'chroot'] as const;
    return run([...enter, this.#root, 'grcli', '-s', `${mountPoint}/grout.sock`, ...command], { timeoutMs });
  }

  async sentBy(name: string): Promise<Sample> {
    const beforeMs = performance.now();
    const text = await this.control(['stats', 'hardware']);
    const atMs = (beforeMs + performance.now()) / 2;
    const packets = new RegExp(`^${name}\\.tx_good_packets: (\\d+)`, 'm').exec(text)?.[1];
    return { packets: Number(packets ?? 0), atMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program.close();
  }
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
