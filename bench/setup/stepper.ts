import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../peer.ts';
import { run } from '../run.ts';
import { cached } from './cache.ts';

const source = join(import.meta.dirname, '../instructions/stepper.c');

/** Returns the path of the program that counts a thread's instructions, compiled. */
export async function buildStepper(log: Log): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(source))
    .digest('hex');
  const directory = await cached({
    name: `stepper-${hash.slice(0, 12)}`,
    what: 'compiles the instruction counter',
    log,
    make: async (target) => {
      await mkdir(target);
      await run(['cc', '-O2', '-o', join(target, 'stepper'), source]);
    },
  });
  return join(directory, 'stepper');
}
