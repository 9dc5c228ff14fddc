import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '../peer.ts';

/** Where peers are kept: shared by all clones on a host, safe to delete. */
const root = '/var/cache/millrace/bench';

/** Returns the directory of a peer's files, made once; a making that was interrupted starts anew. */
export async function cached(options: {
  readonly name: string;
  readonly what: string;
  readonly log: Log;
  readonly make: (directory: string) => Promise<void>;
}): Promise<string> {
  const directory = join(root, options.name);
  if (existsSync(directory)) return directory;
  const startedMs = performance.now();
  options.log(`set-up: ${options.what} in ${directory} (may be deleted at any time)`);
  const partial = `${directory}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(partial), { recursive: true });
  await options.make(partial);
  await rename(partial, directory);
  options.log(`set-up: done after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  return directory;
}
