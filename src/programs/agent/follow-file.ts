import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Calls back whenever a file was written or replaced, as the operator does with plans, until it is closed. */
export function followFile(path: string, changed: () => void): FSWatcher {
  const name = basename(path);
  // Its directory: who replaces a file makes another one, which a watch of the file would not see.
  return watch(dirname(path), (_, file) => {
    if (file === name) changed();
  });
}
