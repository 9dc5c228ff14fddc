import { relative } from 'node:path';

/** The functions so marked, by AssemblyScript's names: their file's path without `.ts`, and theirs. */
export interface Marked {
  readonly remembered: ReadonlySet<string>;
  readonly summed: ReadonlySet<string>;
}

/** Finds the functions that files mark, by their paths. */
export function marksOf(files: ReadonlyMap<string, string>): Marked {
  const marked = (mark: string) =>
    [...files].flatMap(([path, text]) => {
      const functions = text.matchAll(new RegExp(`@${mark}\\s*\\*/\\n(?:export )?function (\\w+)`, 'g'));
      return [...functions].map(
        ([, name]) => `${relative(process.cwd(), path).replace(/\.ts$/, '')}/${name}`,
      );
    });
  const summed = new Set(marked('summed'));
  return { remembered: new Set([...marked('remembered'), ...summed]), summed };
}
