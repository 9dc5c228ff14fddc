import { renameSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a file anew: whoever reads it meets the one before or this, whole. */
export function replaceFile(file: string, text: string, mode?: number): void {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

/** How a file is written anew. */
export interface ReplaceOptions {
  /** Waits until the disk has it: after a loss of power, too, it is the one before or this. */
  readonly flush?: boolean;
}

/** Does the same without holding up others; two processes may do it at once. What fails leaves nothing behind. */
export async function replaceFileAsync(
  file: string,
  text: string,
  { flush = false }: ReplaceOptions = {},
): Promise<void> {
  const unfinished = `${file}.${process.pid}.new`;
  try {
    await writeFile(unfinished, text, { flush });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
