import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../peer.ts';
import { run } from '../run.ts';
import { cached } from './cache.ts';

const source = join(import.meta.dirname, '../generator/generator.c');

/** Returns the path of the packet generator, compiled against the host's DPDK. */
export async function buildGenerator(log: Log): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(source))
    .digest('hex');
  const directory = await cached({
    name: `generator-${hash.slice(0, 12)}`,
    what: 'compiles the packet generator',
    log,
    make: async (target) => {
      await mkdir(target);
      const flags = await run(['pkg-config', '--cflags', '--libs', 'libdpdk']);
      const words = flags.split(/\s+/).filter(Boolean);
      await run(['cc', '-O3', '-o', join(target, 'generator'), source, ...words]);
    },
  });
  return join(directory, 'generator');
}
