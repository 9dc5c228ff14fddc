import { readFileSync, writeFileSync } from 'node:fs';
import { atExit } from '../lab/at-exit.ts';
import { BenchError } from './bench-error.ts';

const directory = '/sys/kernel/mm/hugepages/hugepages-2048kB';

/** Makes sure that so many 2 MiB hugepages are free, and gives back at the end what was added. */
export function reserveHugepages(needed: number, log: (line: string) => void): void {
  const free = read('free_hugepages') - read('resv_hugepages');
  if (free >= needed) return;
  const before = read('nr_hugepages');
  const wanted = before + needed - free;
  log(`host: raises nr_hugepages (2 MiB) from ${before} to ${wanted} until the benchmark ends`);
  write(wanted);
  atExit(() => {
    if (read('nr_hugepages') === wanted) write(before);
  });
  const got = read('free_hugepages');
  if (got < needed) {
    throw new BenchError(
      'BENCH_HUGEPAGES',
      `expected ${needed} free hugepages of 2 MiB, the kernel gave ${got}, reserving memory for the peers`,
    );
  }
}

function read(name: string): number {
  return Number(readFileSync(`${directory}/${name}`, 'utf8'));
}

function write(pages: number): void {
  writeFileSync(`${directory}/nr_hugepages`, String(pages));
}
