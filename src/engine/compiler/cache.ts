import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileDatapath, type DatapathSource } from './compile.ts';
import { fingerprint } from './graph.ts';
import { noteUse, removeOldBuilds } from './old-builds.ts';

/**
 * Compiles a datapath, or takes the module compiled from the very same sources before.
 *
 * @returns the module's bytes and the file they are kept in
 */
export async function cachedDatapath(
  source: DatapathSource,
  folder: string,
): Promise<{ code: Uint8Array<ArrayBuffer>; file: string }> {
  const file = join(folder, `datapath-${await sourcesFingerprint(source)}.wasm`);
  const kept = await readFile(file).catch(() => undefined);
  if (kept) {
    await noteUse(file);
    return { code: new Uint8Array(kept), file };
  }
  const code = new Uint8Array(await compileDatapath(source));
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.${process.pid}.tmp`, code);
  await rename(`${file}.${process.pid}.tmp`, file);
  await removeOldBuilds(folder);
  return { code, file };
}

/** Fingerprint of everything a datapath is compiled from: lists, stages, layouts and the compile step itself. */
async function sourcesFingerprint(source: DatapathSource): Promise<string> {
  const names = await readdir(source.root, { recursive: true });
  const files = names
    .filter(isSource)
    .sort()
    .map((name) => join(source.root, name));
  const outside = source.stages.filter((path) => path.startsWith('..'));
  const extra = outside.map((path) => join(source.root, `${path}.ts`));
  const texts = await Promise.all([...files, ...extra].map((file) => readFile(file, 'utf8')));
  return fingerprint(JSON.stringify([source, texts]));
}

function isSource(name: string): boolean {
  return (
    name.endsWith('.ts') &&
    !name.endsWith('.test.ts') &&
    (/(^|\/)datapath\//.test(name) || name.endsWith('layout.ts') || name.startsWith('engine/compiler/'))
  );
}
