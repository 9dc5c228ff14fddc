import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The lines that were typed before. */
export interface History {
  readonly newestFirst: readonly string[];
  readonly add: (line: string) => Promise<void>;
}

const mostLines = 1000;

/** Opens the history of a shell in the user's state folder (XDG base directories); none is no error. */
export async function openHistory(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<History> {
  const folder = stateFolder(name, env);
  if (folder === undefined) return { newestFirst: [], add: async () => undefined };
  const path = join(folder, 'history');
  const lines = await readLines(path);
  if (lines.length > 2 * mostLines) await writeFile(path, `${lines.slice(-mostLines).join('\n')}\n`);
  let newest = lines.at(-1);
  const add = async (line: string) => {
    if (line.trim() === '' || line === newest) return;
    newest = line;
    await append(folder, path, line);
  };
  return { newestFirst: lines.slice(-mostLines).reverse(), add };
}

function stateFolder(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const home = env.HOME;
  const state = env.XDG_STATE_HOME || (home ? join(home, '.local', 'state') : undefined);
  return state === undefined ? undefined : join(state, name.replaceAll(' ', '-'));
}

async function readLines(path: string): Promise<readonly string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  } catch {
    return [];
  }
}

/** A shell works as well without a place for its history, so a failure is not shown. */
async function append(folder: string, path: string, line: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await appendFile(path, `${line}\n`, { mode: 0o600 });
  } catch {
    return;
  }
}
