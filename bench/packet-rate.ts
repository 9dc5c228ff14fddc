import { setTimeout as delay } from 'node:timers/promises';
import type { Forwarding, Log } from './peer.ts';
import { watchBusiest } from './thread-time.ts';

const warmUpMs = 1000;
const wholeCore = 0.97;

/**
 * Measures how many million packets a program sends in a second of one core, by its own counter. The second
 * is one of CPU time of the thread that forwards: a polling thread uses all it gets, so on a quiet machine
 * that is wall-clock time, and on a busy one the figure still says what the program can do.
 */
export async function packetRate(
  forwarding: Forwarding,
  { seconds, log }: { readonly seconds: number; readonly log: Log },
): Promise<number> {
  await delay(warmUpMs);
  const before = await forwarding.sample();
  const watch = watchBusiest(forwarding.pid);
  await delay(seconds * 1000);
  const { share } = watch();
  const after = await forwarding.sample();
  if (share < wholeCore)
    log(`the core was shared: the forwarding thread had ${Math.round(share * 100)} % of it`);
  return (after.packets - before.packets) / (after.atMs - before.atMs) / 1000 / share;
}
