import type { Router } from '../../engine/host/router.ts';
import { MAX_WORKERS, WORKER_AREAS } from '../../engine/layout.ts';

/** Where a worker counts strangers that were not learnt (datapath/fdb-news.ts). */
const UNLEARNT = 8;

/** The strangers that workers have not told of, added up. */
export class Unlearnt {
  readonly #router: Pick<Router, 'region' | 'view'>;

  constructor(router: Pick<Router, 'region' | 'view'>) {
    this.#router = router;
  }

  get total(): bigint {
    const stride = this.#router.region('WORKER_STRIDE');
    const first = WORKER_AREAS + this.#router.region('FDB_NEWS_OFFSET') + UNLEARNT;
    let total = 0n;
    for (let worker = 0; worker <= MAX_WORKERS; worker++)
      total += this.#router.view.getBigUint64(first + worker * stride, true);
    return total;
  }
}
