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

/** Ends a router, starts another one with `--config` in its place, and measures what a ping between the hosts sees. */
export async function measureRestart(
  { router, hosts }: LastingTopology,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<Restart> {
  const config = configOf([hosts.red, hosts.blue]);
  await using next = new Router({ config, namespace: router.namespace });
  const restart = async () => {
    await delay(BEFORE_MS);
    await router.stop(signal);
    await next.start();
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
  const times = (await from.run(`ping -n -D -i 0.001 -c ${PINGS} -W 1 ${to} | ${answerTimes}`))
    .trim()
    .split('\n')
    .map((line) => Number(line) * 1000);
  const last = times.at(-1) ?? 0;
  if (!(last > started + PINGS / 2)) {
    const after = Math.round(last - started);
    throw new LabError('LAB_RESTART', `expected answers until the end, the last came after ${after} ms`);
  }
  return Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? time)));
}

/** Of each answer the time alone, in seconds since 1970. */
const answerTimes = String.raw`sed -n 's/^\[\([0-9.]*\)\] .* bytes from .*/\1/p'`;
/** One each millisecond, or a little less often. */
const PINGS = 8000;
const BEFORE_MS = 1000;
