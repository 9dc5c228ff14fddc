import { readFile } from 'node:fs/promises';
import { packetPath } from '../src/programs/vrouter/packet-path.ts';
import { parseBurst } from './burst-file.ts';
import { findingOf } from './fuzzer.ts';
import { buildFolder } from './job.ts';
import { Machine } from './machine/machine.ts';
import { World } from './world.ts';

/** Runs a burst from a file, and tells what became of it both ways; the last line is the verdict. */
export async function replay(
  file: string,
): Promise<{ readonly lines: readonly string[]; readonly holds: boolean }> {
  const burst = parseBurst(await readFile(file, 'utf8'));
  const machine = new Machine(await World.open(packetPath, buildFolder));
  const finding = findingOf(machine, burst, true);
  const ways = Object.entries(machine.explain(burst));
  const lines = ways.flatMap(([way, seen]) => [`the ${way} way:`, ...seen.map((line) => `  ${line}`)]);
  return {
    lines: [...lines, finding ? `found  ${finding.message}` : 'all holds'],
    holds: finding === undefined,
  };
}
