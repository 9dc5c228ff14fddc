import { basename } from 'node:path';

/** A part of a process's memory. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  /** Empty where it comes from no file. */
  readonly path: string;
}

/** Reads /proc/PID/maps (proc(5)). */
export function parseMappings(text: string): readonly Mapping[] {
  const lines = text.matchAll(/^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \d+ *(.*)$/gm);
  return [...lines].map(([, start = '', end = '', path = '']) => ({
    start: Number.parseInt(start, 16),
    end: Number.parseInt(end, 16),
    path,
  }));
}

/** What an address is part of: a file's name without its version, or code that was made at run time. */
export function partAt(mappings: readonly Mapping[], address: number): string {
  const path = mappings.find(({ start, end }) => start <= address && address < end)?.path ?? '';
  return path === '' ? madeAtRunTime : basename(path).replace(/\.so[.\d]*$/, '');
}

/** The part that is WebAssembly, and the ways into it and out. */
export const madeAtRunTime = 'made at run time';

/** How many instructions a packet took in each part, the largest first. */
export function instructionsByPart(stepped: {
  readonly packets: number;
  readonly counts: ReadonlyMap<number, number>;
  readonly mappings: readonly Mapping[];
}): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [address, count] of stepped.counts) {
    const part = partAt(stepped.mappings, address);
    sums.set(part, (sums.get(part) ?? 0) + count / stepped.packets);
  }
  return new Map([...sums].toSorted(([, left], [, right]) => right - left));
}

/** The same in words: "279.1: 200.0 librte_net_null, …"; parts of less than a tenth are left out. */
export function partsInWords(parts: ReadonlyMap<string, number>): string {
  return [...parts]
    .filter(([, count]) => count >= 0.1)
    .map(([part, count]) => `${count.toFixed(1)} ${part}`)
    .join(', ');
}
