import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '../bench-error.ts';
import type { Log } from '../peer.ts';
import { run } from '../run.ts';
import { cached } from './cache.ts';
import { debianMirror, unpackDebianPackages } from './debian.ts';

/** Makes a small root of the Debian release that has Grout, and returns its directory. */
export function groutRoot(log: Log): Promise<string> {
  return cached({ name: 'grout', what: 'makes a Debian forky root with Grout', log, make: makeRoot });
}

async function makeRoot(directory: string): Promise<void> {
  const mirror = await debianMirror();
  const debootstrap = await debootstrapFiles(directory);
  const timeoutMs = 900_000;
  // Its scripts for all releases are one and the same; older debootstraps have no name for this one.
  const script = join(debootstrap.share, 'scripts/sid');
  const release = ['--variant=minbase', 'forky', directory, mirror, script];
  await run([debootstrap.program, ...release], {
    environment: { DEBOOTSTRAP_DIR: debootstrap.share },
    timeoutMs,
  });
  await keepServicesFromStarting(directory);
  const apt = ['chroot', directory, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'] as const;
  await run([...apt, '-o', 'Acquire::Check-Valid-Until=false', 'update'], { timeoutMs });
  // Grout loads every driver that its DPDK knows by name and does not start without one of them.
  const packages = ['grout', 'librte-meta-allpmds'];
  await run([...apt, 'install', '--yes', '--no-install-recommends', ...packages], { timeoutMs });
  await run([...apt, 'clean']);
  await mkdir(join(directory, 'bench'));
}

async function debootstrapFiles(
  directory: string,
): Promise<{ readonly program: string; readonly share: string }> {
  const root = existsSync('/usr/sbin/debootstrap') ? '/' : `${directory}.debootstrap`;
  if (root !== '/') await unpackDebianPackages(['debootstrap'], root);
  const program = join(root, 'usr/sbin/debootstrap');
  if (!existsSync(program)) throw new BenchError('BENCH_GROUT', `expected ${program}, found none`);
  return { program, share: join(root, 'usr/share/debootstrap') };
}

async function keepServicesFromStarting(directory: string): Promise<void> {
  const file = join(directory, 'usr/sbin/policy-rc.d');
  await writeFile(file, '#!/bin/sh\nexit 101\n');
  await chmod(file, 0o755);
}
