import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Router } from '../../lab/router.ts';

/** What a router holds and has counted. */
export interface Holding {
  /** Packet buffers in use. */
  readonly buffers: number;
  readonly traps: number;
  /** Packets received by its ports. */
  readonly received: number;
  readonly residentMegabytes: number;
}

/** The flag that lets a router in this directory tell. */
export function metricsFlags(directory: string): readonly string[] {
  return ['-M', `unix:${directory}/metrics`];
}

/** Asks a router that was started with `metricsFlags`. */
export async function holdingOf(router: Router): Promise<Holding> {
  const page = await get(`${router.directory}/metrics`);
  const status = readFileSync(`/proc/${router.program.pid}/status`, 'utf8');
  return {
    buffers: sumOf(page, /^millrace_packet_buffers\{state="in_use"\}/),
    traps: sumOf(page, /^millrace_worker_traps_total/),
    received: await router.counted('port-rx'),
    residentMegabytes: Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024),
  };
}

/** Sum of the samples whose line begins so. @throws Error when there is none: a name that changed must not count as zero */
function sumOf(page: string, name: RegExp): number {
  const lines = page.split('\n').filter((line) => name.test(line));
  if (lines.length === 0)
    throw new Error(`expected a metric that begins with ${name.source}, reading the router's metrics`);
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

async function get(socketPath: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request({ socketPath, path: '/metrics', agent: false }, (response) => text(response).then(resolve, reject))
    .on('error', reject)
    .end();
  return promise;
}
