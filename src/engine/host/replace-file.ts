import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file anew: whoever reads it meets the one before or this, whole. */
export function replaceFile(file: string, text: string, mode?: number): void {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}
