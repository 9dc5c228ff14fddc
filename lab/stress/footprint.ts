import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Router } from '../router.ts';
import { Findings, type Outcome } from './outcome.ts';

/** What a router holds at a moment. */
export interface Footprint {
  readonly residentMegabytes: number;
  readonly descriptors: number;
  readonly threads: number;
  /** Packet buffers in use. */
  readonly buffers: number;
  /** Bytes of tables. */
  readonly tableBytes: number;
  readonly nextHops: number;
  readonly neighbors: number;
  readonly routes: number;
}

/** The flag that lets a router in this directory tell what it holds. */
export function metricsFlags(directory: string): readonly string[] {
  return ['-M', `unix:${metricsSocket(directory)}`];
}

/** Reads what a router holds, from its metrics and from /proc. */
export async function footprintOf(router: Router): Promise<Footprint> {
  const samples = await metricsOf(router);
  const sum = (name: string, label = '') =>
    samples
      .filter(([key]) => key.startsWith(name) && key.includes(label))
      .reduce((all, [, value]) => all + value, 0);
  const { pid } = router.program;
  return {
    residentMegabytes: residentMegabytes(pid),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    buffers: sum('millrace_packet_buffers', 'in_use'),
    tableBytes: sum('millrace_table_memory_bytes', 'in_use'),
    nextHops: sum('millrace_next_hops'),
    neighbors: sum('millrace_neighbors'),
    routes: sum('millrace_routes'),
  };
}

/**
 * Memory of its own that a process has in RAM, in MiB. Pages of files, such as the 75 MiB of Node.js's own code, do not
 * count: the kernel drops those that nobody has read for a while, and has them again when somebody does.
 */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)].map(([, text]) => Number(text));
  return Math.round(kibibytes.reduce((sum, each) => sum + each, 0) / 1024);
}

/** What may be more afterwards than before. */
export interface Allowance {
  readonly residentMegabytes: number;
  readonly buffers?: number;
}

/** Compares what a router holds now with what it held before: nothing may have accumulated. */
export function compareFootprints(before: Footprint, after: Footprint, allowed: Allowance): Outcome {
  const findings = new Findings();
  const { residentMegabytes, buffers = 0 } = allowed;
  const most = {
    descriptors: 1,
    threads: 0,
    tableBytes: 0,
    nextHops: 0,
    neighbors: 0,
    routes: 0,
    buffers,
    residentMegabytes,
  };
  for (const [name, allowance] of Object.entries(most)) {
    const [was, is] = [Reflect.get(before, name), Reflect.get(after, name)];
    findings.note(name, `${was} → ${is}`);
    findings.expect(
      is <= was + allowance,
      `${name}: expected ${was} again (and at most ${allowance} more), got ${is}`,
    );
  }
  return findings;
}

function metricsSocket(directory: string): string {
  return `${directory}/metrics.sock`;
}

/** The samples of a router's metrics, by name and labels. */
async function metricsOf(router: Router): Promise<readonly (readonly [string, number])[]> {
  const page = await get(metricsSocket(router.directory));
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const space = line.lastIndexOf(' ');
    return [line.slice(0, space), Number(line.slice(space + 1))];
  });
}

async function get(socketPath: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request({ socketPath, path: '/metrics', agent: false }, (response) => text(response).then(resolve, reject))
    .on('error', reject)
    .end();
  return promise;
}
