import { existsSync, readdirSync } from 'node:fs';

/** Names in a directory that a run of the lab gave and could not take back because it was killed: mr-<pid>-<name>. */
export function namesOfTheDead(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((name) => {
    const owner = /^mr-(\d+)-/.exec(name)?.[1];
    return owner !== undefined && !existsSync(`/proc/${owner}`);
  });
}
