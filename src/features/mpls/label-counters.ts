import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { MAX_WORKERS, WORKER_AREAS } from '../../engine/layout.ts';
import { MAX_COUNTED_LABELS } from './layout.ts';

/** What has come with a label. */
export interface LabelCount {
  readonly packets: bigint;
  /** From the label on. */
  readonly bytes: bigint;
}

/** Packets by label: each worker counts in memory of its own, in places that are given to labels here. */
export class LabelCounters {
  readonly #router: Pick<Router, 'region' | 'view'>;
  readonly #table: Table;
  readonly #places = new Map<number, number>();
  readonly #freed: number[] = [];
  #fresh = 1;

  constructor(router: Pick<Router, 'region' | 'view' | 'tables'>) {
    this.#router = router;
    this.#table = router.tables<Table>(['setLabelPlace']);
  }

  /** How all places are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['LABEL_PLACES'],
      write: () => {
        for (const [label, place] of this.#places) this.#table.setLabelPlace(label, place);
      },
    };
  }

  /** Begins to count what comes with a label, while there is a place left. */
  begin(label: number): void {
    const place = this.#freed.shift() ?? (this.#fresh < MAX_COUNTED_LABELS ? this.#fresh++ : undefined);
    if (place === undefined) return;
    this.#clear(place);
    this.#places.set(label, place);
    this.#table.setLabelPlace(label, place);
  }

  /** Ends it: the place may become another label's. */
  end(label: number): void {
    const place = this.#places.get(label);
    if (place === undefined) return;
    this.#table.setLabelPlace(label, 0);
    this.#places.delete(label);
    this.#freed.push(place);
  }

  /** What has come with a label, added up over all workers; undefined where there was no place left to count it. */
  of(label: number): LabelCount | undefined {
    const place = this.#places.get(label);
    if (place === undefined) return undefined;
    const { view } = this.#router;
    let packets = 0n;
    let bytes = 0n;
    for (const address of this.#addresses(place)) {
      packets += view.getBigUint64(address, true);
      bytes += view.getBigUint64(address + 8, true);
    }
    return { packets, bytes };
  }

  #clear(place: number): void {
    const { view } = this.#router;
    for (const address of this.#addresses(place)) {
      view.setBigUint64(address, 0n, true);
      view.setBigUint64(address + 8, 0n, true);
    }
  }

  *#addresses(place: number): Generator<number> {
    const stride = this.#router.region('WORKER_STRIDE');
    const offset = this.#router.region('LABEL_STATS_OFFSET');
    for (let worker = 0; worker < MAX_WORKERS; worker++)
      yield WORKER_AREAS + worker * stride + offset + place * COUNTERS_BYTES;
  }
}

const COUNTERS_BYTES = 16;

interface Table {
  setLabelPlace(label: number, place: number): void;
}
