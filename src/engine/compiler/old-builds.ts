import { readdir, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Notes that a build is used now. A folder that we may only read notes nothing. */
export async function noteUse(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}

/**
 * Removes the builds of a folder that have not been used for long, and what a compile that was cut off has left.
 * Another process may remove or take up the same ones at the same time: whoever finds one gone compiles it again.
 */
export async function removeOldBuilds(folder: string, nowMs = Date.now()): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^datapath-[0-9a-f]+\.wasm/.test(name));
  const files = await Promise.all(names.map((name) => lookAt(join(folder, name))));
  const byUse = files.flat().sort((a, b) => b.usedMs - a.usedMs);
  const [unfinished, builds] = [byUse.filter(isUnfinished), byUse.filter((file) => !isUnfinished(file))];
  const old = [...unfinished, ...builds.slice(BUILDS_KEPT)].filter(
    ({ usedMs }) => nowMs - usedMs > IN_USE_MS,
  );
  await Promise.all(old.map(({ file }) => unlink(file).catch(() => undefined)));
}

/** All tests and the fuzzer together use about a dozen. */
const BUILDS_KEPT = 24;
/** What was used since may be what somebody is about to read. */
const IN_USE_MS = 3_600_000;

interface BuildFile {
  readonly file: string;
  readonly usedMs: number;
}

/** Tells of a file when it was used; nothing of one that has gone meanwhile. */
async function lookAt(file: string): Promise<readonly BuildFile[]> {
  const found = await stat(file).catch(() => undefined);
  return found ? [{ file, usedMs: found.mtimeMs }] : [];
}

function isUnfinished({ file }: BuildFile): boolean {
  return file.endsWith('.tmp');
}
