import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from './host.ts';
import { LabError } from './lab-error.ts';
import { Router } from './router.ts';
import { addressLines, portLine, type Topology } from './topology.ts';

/** How a router came back. */
export interface Restart {
  /** The longest time between two answers to a ping every millisecond, from host to host. */
  readonly gapMs: number;
  /** The new process from its start until it was ready, and what of it was EAL's own start. */
  readonly startupMs: number;
  readonly ealMs: number;
}

/** A router between two hosts whose links outlive it: veth pairs. */
export type LastingTopology = Pick<Topology<'red' | 'blue'>, 'router' | 'hosts'>;

/**
 * Ends a router by a signal and starts another one with `--config` in its place, or lets the other one take over, and
 * measures what a ping between the hosts sees.
 */
export async function measureRestart(
  { router, hosts }: LastingTopology,
  how: NodeJS.Signals | 'take-over' = 'SIGTERM',
): Promise<Restart> {
  const config = configOf([hosts.red, hosts.blue]);
  const takesOver = how === 'take-over';
  const place = takesOver ? { directory: router.directory, flags: ['--take-over'] } : {};
  await using next = new Router({ config, namespace: router.namespace, ...place });
  const restart = async () => {
    await delay(BEFORE_MS);
    if (!takesOver) await router.stop(how);
    await next.start();
    if (takesOver) await router.program.ended;
  };
  const [gapMs] = await Promise.all([longestGapMs(hosts.red, hosts.blue.ip4), restart()]);
  const [, startupMs, ealMs] = /"startupMs":(\d+),"ealMs":(\d+)/.exec(next.log) ?? [];
  return { gapMs, startupMs: Number(startupMs), ealMs: Number(ealMs) };
}

/** The lines that make the ports to hosts and give them their addresses. */
function configOf(hosts: readonly Host[]): string {
  return [...hosts.map(portLine), ...hosts.flatMap(addressLines)].join('\n');
}

/** Pings for some seconds, and tells the longest time between two answers. @throws LabError when they stay away */
async function longestGapMs(from: Host, to: string): Promise<number> {
  const started = Date.now();
  const times = (
    await from.run(`timeout --signal=INT ${PING_SECONDS} ping -n -D -i 0.001 ${to} | ${answerTimes}`)
  )
    .trim()
    .split('\n')
    .map((line) => Number(line) * 1000);
  const last = times.at(-1) ?? 0;
  if (!(last > started + PING_SECONDS * 500)) {
    const after = Math.round(last - started);
    throw new LabError('LAB_RESTART', `expected answers until the end, the last came after ${after} ms`);
  }
  return Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? time)));
}

/** Of each answer the time alone, in seconds since 1970. */
const answerTimes = String.raw`sed -n 's/^\[\([0-9.]*\)\] .* bytes from .*/\1/p'`;
/** By the clock: on a busy machine a thousand pings take longer than a second. */
const PING_SECONDS = 10;
const BEFORE_MS = 1000;
