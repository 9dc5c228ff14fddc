/** Makes a regular expression of a pattern with * and ?, for whole names. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(/[.*+?^${}()|[\]\\]/g, (sign) => globSigns[sign] ?? `\\${sign}`);
  return new RegExp(`^${source}$`);
}

const globSigns: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };
