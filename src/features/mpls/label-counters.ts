import type { Router } from '../../engine/host/router.ts';
import { MAX_WORKERS, WORKER_AREAS } from '../../engine/layout.ts';

/** What has come with a label. */
export interface LabelCount {
  readonly packets: bigint;
  /** From the label on. */
  readonly bytes: bigint;
}

/** Packets by label: each worker counts in memory of its own (datapath/label-stats.ts). */
export class LabelCounters {
  readonly #router: Pick<Router, 'region' | 'view'>;

  constructor(router: Pick<Router, 'region' | 'view'>) {
    this.#router = router;
  }

  /** What has come with a label, added up over all workers. */
  of(label: number): LabelCount {
    const { view } = this.#router;
    let packets = 0n;
    let bytes = 0n;
    for (const address of this.#addresses(label)) {
      packets += view.getBigUint64(address, true);
      bytes += view.getBigUint64(address + 8, true);
    }
    return { packets, bytes };
  }

  /** Begins anew for a label that gets a meaning. */
  clear(label: number): void {
    const { view } = this.#router;
    for (const address of this.#addresses(label)) {
      if (view.getBigUint64(address, true) === 0n) continue; // nothing is written that nobody has counted in
      view.setBigUint64(address, 0n, true);
      view.setBigUint64(address + 8, 0n, true);
    }
  }

  *#addresses(label: number): Generator<number> {
    const stride = this.#router.region('WORKER_STRIDE');
    const offset = this.#router.region('LABEL_STATS_OFFSET');
    for (let worker = 0; worker < MAX_WORKERS; worker++)
      yield WORKER_AREAS + worker * stride + offset + label * COUNTERS_BYTES;
  }
}

const COUNTERS_BYTES = 16;
