import { readFile } from 'node:fs/promises';

/** The fenced blocks of ctl in a page of the documentation, in order, by its path from the repository's root. */
export async function examplesOf(page: string): Promise<readonly string[]> {
  const text = await readFile(new URL(`../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```ctl\n(.*?)^```$/gms)].map(([, block = '']) => block);
}
