import { quoted, ValueError } from '../net/value-error.ts';

const mostCpus = 1024;

/** Reads a list of CPUs such as 0-3,5 (cpuset(7), "List format") into ascending numbers. */
export function parseCpuList(text: string): readonly number[] {
  const cpus = new Set(text.split(',').flatMap((part) => parseRange(part, text)));
  return [...cpus].sort((left, right) => left - right);
}

/** Writes CPUs as a list such as 0-3,5. */
export function formatCpuList(cpus: readonly number[]): string {
  const sorted = [...new Set(cpus)].sort((left, right) => left - right);
  const isStart = (cpu: number) => !sorted.includes(cpu - 1);
  const isEnd = (cpu: number) => !sorted.includes(cpu + 1);
  const ends = sorted.filter(isEnd);
  return sorted
    .filter(isStart)
    .map((start, index) => (ends[index] === start ? `${start}` : `${start}-${ends[index]}`))
    .join(',');
}

function parseRange(part: string, whole: string): readonly number[] {
  const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
  if (first === undefined) throw notCpuList(whole, `${quoted(part)} is neither a number nor a range`);
  const from = Number(first);
  const to = Number(last);
  if (to < from) throw notCpuList(whole, `${part} goes backwards`);
  if (to >= mostCpus) throw notCpuList(whole, `${to} is above ${mostCpus - 1}`);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function notCpuList(text: string, because: string): ValueError {
  return new ValueError({ expected: 'a list of CPUs such as 0-3,5', received: quoted(text), because });
}
