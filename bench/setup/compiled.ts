import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../peer.ts';
import { run } from '../run.ts';
import { cached } from './cache.ts';

/** A program of one C file. */
export interface Compiled {
  readonly name: string;
  /** What the program is, for people. */
  readonly what: string;
  readonly source: string;
  /** Further words for the compiler. */
  readonly words: () => Promise<readonly string[]>;
}

/** Returns the path of a program, compiled from what its source is now. */
export async function compiled({ name, what, source, words }: Compiled, log: Log): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(source))
    .digest('hex');
  const directory = await cached({
    name: `${name}-${hash.slice(0, 12)}`,
    what: `compiles ${what}`,
    log,
    make: async (target) => {
      await mkdir(target);
      await run(['cc', '-O3', '-o', join(target, name), source, ...(await words())]);
    },
  });
  return join(directory, name);
}
