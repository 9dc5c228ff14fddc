import type { Router } from '../../engine/host/router.ts';
import { MAX_WORKERS, WORKER_AREAS } from '../../engine/layout.ts';
import { MAX_FILTER_PLACES } from './layout.ts';

/** What has met a rule. */
export interface Count {
  readonly packets: bigint;
  readonly bytes: bigint;
}

/** Where rules are counted: each worker counts in memory of its own, in places that are given out here. */
export class Places {
  readonly #router: Pick<Router, 'region' | 'view' | 'quiet'>;
  readonly #free: number[] = [];
  #next = 1;

  constructor(router: Pick<Router, 'region' | 'view' | 'quiet'>) {
    this.#router = router;
  }

  /** How many there are left. */
  get left(): number {
    return this.#free.length + MAX_FILTER_PLACES - this.#next;
  }

  /** Takes one, with nothing counted; there is one left. */
  take(): number {
    const place = this.#free.pop() ?? this.#next++;
    for (const address of this.#addresses(place)) {
      this.#router.view.setBigUint64(address, 0n, true);
      this.#router.view.setBigUint64(address + 8, 0n, true);
    }
    return place;
  }

  /** Gives some back: a worker that stands still, and may still count there, keeps them for good. */
  give(places: readonly number[]): void {
    if (places.length === 0) return;
    this.#router.quiet().then(
      () => this.#free.push(...places),
      () => undefined,
    );
  }

  /** What all workers have counted at a place. */
  of(place: number): Count {
    let [packets, bytes] = [0n, 0n];
    for (const address of this.#addresses(place)) {
      packets += this.#router.view.getBigUint64(address, true);
      bytes += this.#router.view.getBigUint64(address + 8, true);
    }
    return { packets, bytes };
  }

  *#addresses(place: number): Generator<number> {
    const stride = this.#router.region('WORKER_STRIDE');
    const offset = this.#router.region('FILTER_COUNTS_OFFSET');
    for (let worker = 0; worker < MAX_WORKERS; worker++)
      yield WORKER_AREAS + worker * stride + offset + place * 16;
  }
}
