import type { Host } from './host.ts';
import { Router } from './router.ts';
import { addressLines, portLine, type Topology } from './topology.ts';
import { longestGap } from './witness/ping.ts';

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
  const gapMs = await longestGapMs(hosts.red, hosts.blue.ip4, async () => {
    if (!takesOver) await router.stop(how);
    await next.start();
    if (takesOver) await router.program.ended;
  });
  const [, startupMs, ealMs] = /"startupMs":(\d+),"ealMs":(\d+)/.exec(next.log) ?? [];
  return { gapMs, startupMs: Number(startupMs), ealMs: Number(ealMs) };
}

/** The lines that make the ports to hosts and give them their addresses. */
function configOf(hosts: readonly Host[]): string {
  return [...hosts.map(portLine), ...hosts.flatMap(addressLines)].join('\n');
}

/** Pings until something is done, and answers have come since for a while. @returns the longest time between two answers */
async function longestGapMs(from: Host, to: string, work: () => Promise<void>): Promise<number> {
  await using answers = from.start(`bash -c 'exec ping -n -D -i 0.001 ${to} > >(${answerTimes})'`);
  const answeredAfter = (timeMs: number) =>
    answers.until(() => (timesMs(answers.stdout).at(-1) ?? 0) > timeMs || undefined, 'answers');
  await answeredAfter(Date.now() + AROUND_MS);
  await work();
  await answeredAfter(Date.now() + AROUND_MS);
  await answers.close('SIGINT');
  return longestGap(timesMs(Buffer.from(answers.bytes).toString()));
}

/** Of each answer the time alone, in seconds since 1970; in blocks, so that reading them takes nothing from the router. */
const answerTimes = String.raw`sed -n "s/^\[\([0-9.]*\)\] .* bytes from .*/\1/p"`;
const AROUND_MS = 1000;

/** The whole lines alone. */
function timesMs(output: string): readonly number[] {
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => Number(line) * 1000);
}
