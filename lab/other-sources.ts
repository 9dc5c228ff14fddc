import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is to be another text in a source file. */
export interface Patch {
  /** The file, as from the sources' root. */
  readonly file: string;
  readonly texts: readonly (readonly [before: string, after: string])[];
}

const root = fileURLToPath(new URL('../src', import.meta.url));

/**
 * Copies the sources of the datapath with some texts changed.
 *
 * @returns the root of the copy
 * @throws Error when a text is not there
 */
export async function otherSources(folder: string, patches: readonly Patch[]): Promise<string> {
  const made = `${folder}.${process.pid}.tmp`;
  await rm(made, { recursive: true, force: true });
  await mkdir(made, { recursive: true });
  await cp(root, made, { recursive: true, filter: (path) => !path.endsWith('.test.ts') });
  for (const { file, texts } of patches) {
    const path = join(made, file);
    const text = texts.reduce(
      (now, [before, after]) => {
        if (!now.includes(before)) throw new Error(`${file}: expected the text ${JSON.stringify(before)}`);
        return now.replaceAll(before, after);
      },
      await readFile(path, 'utf8'),
    );
    await writeFile(path, text);
  }
  await rm(folder, { recursive: true, force: true });
  await rename(made, folder);
  return folder;
}
