import type { Router } from '../../engine/host/router.ts';
import { CONTROL_TICKS_PER_SECOND, MAX_WORKERS, WORKER_AREAS } from '../../engine/layout.ts';
import { POLICE_DROP, POLICE_PASS } from './layout.ts';
import type { Limit, Treatment } from './limit.ts';
import { bucketOf } from './limits.ts';

/** What the shared memory's rate limits need of the router. */
export type PolicerRouter = Pick<Router, 'tables' | 'view' | 'region'>;

/** What has come of one colour. */
export interface ColourCount {
  readonly packets: bigint;
  readonly bytes: bigint;
}

/** Rate limits in the shared memory: the one writer there, but for the buckets, which are the workers'. */
export class PolicerTable {
  readonly #router: PolicerRouter;
  readonly #functions: PolicerFunctions;

  constructor(router: PolicerRouter) {
    this.#router = router;
    this.#functions = router.tables<PolicerFunctions>([
      'setPolicerRates',
      'setPolicerActions',
      'setPoliceBinding',
    ]);
  }

  /** Writes a rate limit; packets meet it when this returns. */
  write(id: number, limit: Limit): void {
    const ticks = this.#router.view.getBigUint64(CONTROL_TICKS_PER_SECOND, true);
    const committed = bucketOf(limit.committedRate, limit.committedBurst, ticks);
    const excess = bucketOf(limit.excessRate, limit.excessBurst, ticks);
    this.#functions.setPolicerActions(id, numberOf(limit.green), numberOf(limit.yellow), numberOf(limit.red));
    this.#functions.setPolicerRates(id, committed.cost, committed.depth, excess.cost, excess.depth);
  }

  bind(iface: number, into: number, out: number): void {
    this.#functions.setPoliceBinding(iface, into, out);
  }

  /** What all workers have counted of a rate limit: green, yellow, red. */
  counts(id: number): readonly ColourCount[] {
    return [0, 1, 2].map((colour) => {
      let [packets, bytes] = [0n, 0n];
      for (const record of this.#records(id)) {
        packets += this.#router.view.getBigUint64(record + colour * 16, true);
        bytes += this.#router.view.getBigUint64(record + colour * 16 + 8, true);
      }
      return { packets, bytes };
    });
  }

  /** Begins to count from zero. */
  clear(id: number): void {
    for (const record of this.#records(id)) new Uint8Array(this.#router.view.buffer, record, 64).fill(0);
  }

  *#records(id: number): Generator<number> {
    const stride = this.#router.region('WORKER_STRIDE');
    const offset = this.#router.region('POLICE_COUNTS_OFFSET');
    for (let worker = 0; worker < MAX_WORKERS; worker++)
      yield WORKER_AREAS + worker * stride + offset + id * 64;
  }
}

function numberOf(treatment: Treatment): number {
  if (treatment === 'pass') return POLICE_PASS;
  return treatment === 'drop' ? POLICE_DROP : treatment;
}

interface PolicerFunctions {
  setPolicerRates(
    index: number,
    committedCost: bigint,
    committedDepth: bigint,
    excessCost: bigint,
    excessDepth: bigint,
  ): void;
  setPolicerActions(index: number, green: number, yellow: number, red: number): void;
  setPoliceBinding(iface: number, into: number, out: number): void;
}
