import { setTimeout as delay } from 'node:timers/promises';
import type { Forwarding, Log } from './peer.ts';
import { tellWhenShared, watchBusiest } from './thread-time.ts';

const warmUpMs = 1000;

/**
 * Measures how many million packets a program sends in a second of one core, by its own counter. The second
 * is one of CPU time of the thread that forwards: a polling thread uses all it gets, so on a quiet machine
 * that is wall-clock time, and on a busy one the figure still says what the program can do.
 */
export async function packetRate(
  forwarding: Forwarding,
  options: { readonly seconds: number; readonly log: Log },
): Promise<number> {
  return (await packetRates(forwarding, options)).perCore;
}

/**
 * Measures what a program with so many forwarding threads sends in a second of so many whole cores, and in a
 * second of the wall clock.
 */
export async function packetRates(
  forwarding: Forwarding,
  options: { readonly seconds: number; readonly log: Log; readonly threads?: number },
): Promise<{ readonly perCore: number; readonly wall: number }> {
  const { seconds, log, threads = 1 } = options;
  await delay(warmUpMs);
  const before = await forwarding.sample();
  const watch = watchBusiest(forwarding.pid, threads);
  await delay(seconds * 1000);
  const { share } = watch();
  const after = await forwarding.sample();
  tellWhenShared(share, log);
  const wall = (after.packets - before.packets) / (after.atMs - before.atMs) / 1000;
  return { perCore: wall / share, wall };
}
