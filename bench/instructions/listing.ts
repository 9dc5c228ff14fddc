import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../run.ts';
import { Workspace } from '../workspace.ts';
import { partAt } from './mappings.ts';
import type { Stepped } from './stepper.ts';

/** A stretch of machine code without a gap in which nothing was executed. */
export interface Stretch {
  readonly start: number;
  readonly code: Uint8Array;
}

const longestGap = 2048;
const longestInstruction = 16;

/** Copies the code of one part that was executed, out of a process that stands still. */
export function copyCode(pid: number, { counts, mappings }: Stepped, part: string): readonly Stretch[] {
  const addresses = [...counts.keys()]
    .filter((address) => partAt(mappings, address) === part)
    .toSorted((a, b) => a - b);
  const bounds: { start: number; end: number }[] = [];
  for (const address of addresses) {
    const last = bounds.at(-1);
    if (last && address - last.end < longestGap) last.end = address;
    else bounds.push({ start: address, end: address });
  }
  return bounds.map(({ start, end }) => ({
    start,
    code: readMemory(pid, start, end + longestInstruction - start),
  }));
}

/** Disassembles code, each line after how often a packet passes it. */
export async function listing(
  { packets, counts }: Pick<Stepped, 'packets' | 'counts'>,
  stretches: readonly Stretch[],
): Promise<string> {
  using workspace = new Workspace();
  const file = join(workspace.path, 'code');
  const texts: string[] = [];
  for (const { start, code } of stretches) {
    writeFileSync(file, code);
    const format = ['-D', '-b', 'binary', '-m', 'i386:x86-64', '-M', 'intel', '--no-show-raw-insn'];
    const text = await run(['objdump', ...format, `--adjust-vma=${start}`, file]);
    const lines = text.split('\n').filter((line) => /^ *[0-9a-f]+:/.test(line));
    texts.push(lines.map((line) => annotated(line)).join('\n'));
  }
  return texts.join('\n…\n');

  function annotated(line: string): string {
    const count = counts.get(Number.parseInt(line, 16));
    return `${(count === undefined ? '' : (count / packets).toFixed(3)).padStart(8)} ${line}`;
  }
}

function readMemory(pid: number, start: number, length: number): Uint8Array {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(memory, bytes, 0, length, start));
  } finally {
    closeSync(memory);
  }
}
