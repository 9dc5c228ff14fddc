import { type Addon, addon, type BurstStats, control, direct } from './dpdk-addon.ts';
import { checkNumber } from './dpdk-error.ts';

/** What the datapath imports: the addon's own functions, so that little stands between WebAssembly and C. */
export type BurstFunctions = Pick<Addon, 'rx' | 'tx' | 'alloc' | 'free' | 'cycles' | 'pause' | 'wait'>;

/** Gives the datapath's imports for this thread. Arrays are offsets of u32 mbuf offsets; nothing throws. */
export function burstFunctions(): BurstFunctions {
  const { rx, tx, alloc, free, cycles, pause, wait } = addon();
  return { rx, tx, alloc, free, cycles, pause, wait };
}

/** Pins the calling thread to a CPU and gives it an lcore id of EAL. @throws DpdkError EINVAL, EALREADY, ENOMEM */
export function workerRegister(cpu: number): { readonly lcore: number } {
  checkNumber('register a worker', 'cpu', cpu, { min: 0, max: 1023 });
  return control((native) => native.workerRegister(cpu));
}

/** Gives the lcore id, cached mbufs and the other CPUs back; done by itself when the thread ends. */
export function workerUnregister(): void {
  control((native) => native.workerUnregister());
}

/** Sets where each rx of this thread stores the time stamp counter, as a u64 (offset divisible by 8). */
export function setClockAddress(offset: number): void {
  checkNumber("set the clock's address", 'offset', offset, { min: 8, max: 2 ** 32 - 8 });
  control((native) => native.setClockAddress(offset));
}

/** Ends a worker's sleep, or its next one, at once; false when no registered worker has this thread. */
export function wake(thread: number): boolean {
  checkNumber('wake a worker', 'thread', thread, { min: 1, max: 2 ** 31 - 1 });
  return direct((native) => native.wake(thread));
}

/** Counts packets that bursts could not take as they were. */
export function burstStats(): BurstStats {
  return addon().burstStats();
}

/** Gives the rate of the time stamp counter, in ticks per second. */
export function cyclesPerSecond(): number {
  return addon().cyclesPerSecond();
}

/** Gives the kernel's id of the calling thread (gettid(2)). */
export function threadId(): number {
  return addon().threadId();
}

/** Lets a thread of this process run on these CPUs only. @throws DpdkError EINVAL, ESRCH */
export function threadPin(thread: number, cpus: readonly number[]): void {
  for (const cpu of cpus) checkNumber('pin a thread', 'cpu', cpu, { min: 0, max: 1023 });
  addon().threadPin(thread, cpus);
}
