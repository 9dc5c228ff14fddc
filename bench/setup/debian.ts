import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '../bench-error.ts';
import { run } from '../run.ts';

const quietly = { DEBIAN_FRONTEND: 'noninteractive' };

/**
 * Unpacks Debian packages, and those they need that the host lacks, below a directory. Nothing is installed,
 * so no service starts and the host stays as it is.
 */
export async function unpackDebianPackages(packages: readonly string[], directory: string): Promise<void> {
  const archives = `${directory}.debs`;
  await mkdir(join(archives, 'partial'), { recursive: true });
  await mkdir(directory, { recursive: true });
  await download(packages, archives);
  for (const file of await readdir(archives)) {
    if (file.endsWith('.deb')) await run(['dpkg-deb', '--extract', join(archives, file), directory]);
  }
  await rm(archives, { recursive: true });
}

/** Returns the Debian mirror that this host's own apt sources name. */
export async function debianMirror(): Promise<string> {
  const targets = await run(['apt-get', 'indextargets', '--format', '$(ORIGIN) $(REPO_URI)']);
  const line = targets.split('\n').find((each) => /^Debian \S+\/debian\/?$/.test(each));
  if (line === undefined) {
    throw new BenchError('BENCH_MIRROR', "expected a Debian mirror among the host's apt sources, found none");
  }
  return line.slice('Debian '.length);
}

// With --reinstall, packages that the host has already are downloaded too.
async function download(packages: readonly string[], archives: string): Promise<void> {
  const command = [
    'apt-get',
    'install',
    '--yes',
    '--no-install-recommends',
    '--download-only',
    '--reinstall',
  ];
  const options = ['-o', `Dir::Cache::archives=${archives}`, '-o', 'DPkg::Lock::Timeout=300'];
  const timeoutMs = 600_000;
  const install = () =>
    run(['env', ...command, ...options, ...packages], { environment: quietly, timeoutMs });
  try {
    await install();
  } catch {
    await run(['apt-get', 'update', '-o', 'DPkg::Lock::Timeout=300'], { timeoutMs }); // stale package lists
    await install();
  }
}
