import { FREE_MAX, FRESH_MAX, SPARE_MAX, WORKER_FREES, WORKER_FRESH, WORKER_SPARES } from '../layout';
import { alloc, free } from './host';
import { worker } from './instance';
import { NO_FRAME, Packet } from './packet';

/** Gives a packet back to the pool: gathered, and returned in bulk. */
export function release(packet: Packet): void {
  const frees = changetype<usize>(worker) + WORKER_FREES;
  store<u32>(frees + (worker.freeCount << 2), <u32>changetype<usize>(packet));
  worker.freeCount++;
  if (worker.freeCount == FREE_MAX) flushReleased();
}

/** Returns what was gathered. */
export function flushReleased(): void {
  const count = worker.freeCount;
  if (!count) return;
  worker.freeCount = 0;
  free(changetype<usize>(worker) + WORKER_FREES, count);
}

/** Takes an empty packet from the pool, or null when there is none left. */
export function freshPacket(): Packet | null {
  const spares = changetype<usize>(worker) + WORKER_SPARES;
  if (!worker.spareCount) worker.spareCount = alloc(spares, SPARE_MAX);
  if (!worker.spareCount) return null;
  worker.spareCount--;
  const packet = changetype<Packet>(<usize>load<u32>(spares + (worker.spareCount << 2)));
  noteFresh(packet);
  packet.trace = 0;
  packet.flags = 0;
  packet.frameOff = NO_FRAME;
  return packet;
}

/** So that a stage that traps costs none of the buffers that only it knew of. */
function noteFresh(packet: Packet): void {
  const slot = (worker.freshCount++ & (FRESH_MAX - 1)) << 2;
  store<u32>(changetype<usize>(worker) + WORKER_FRESH + slot, <u32>changetype<usize>(packet));
}

/** Gives the spare packets back, for a worker that stops. */
export function flushSpares(): void {
  const count = worker.spareCount;
  worker.spareCount = 0;
  if (count) free(changetype<usize>(worker) + WORKER_SPARES, count);
}
