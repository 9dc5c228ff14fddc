import type { Router } from '../../lab/router.ts';
import { footprintOf } from '../../lab/stress/footprint.ts';

/** What a router holds and has counted. */
export interface Holding {
  /** Packet buffers in use. */
  readonly buffers: number;
  readonly residentMegabytes: number;
  /** Packets received by its ports. */
  readonly received: number;
}

/** Asks a router that was started with the stress runs' `metricsFlags`. */
export async function holdingOf(router: Router): Promise<Holding> {
  const [{ buffers, residentMegabytes }, received] = await Promise.all([
    footprintOf(router),
    router.counted('port-rx'),
  ]);
  return { buffers, residentMegabytes, received };
}
