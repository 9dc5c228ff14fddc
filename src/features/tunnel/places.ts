import type { Router } from '../../engine/host/router.ts';

/** What places need of the router. */
export interface PlacesRouter extends Pick<Router, 'quiet'> {
  readonly log: { error(fields: object, message: string): void };
}

/** Places of a table from 1 on: one that is given back is used again when no packet can read it. */
export class Places {
  readonly #router: PlacesRouter;
  readonly #end: number;
  readonly #what: string;
  readonly #freed: number[] = [];
  #fresh = 1;

  /** @param table how many places there are, that of none among them, and what the log calls what lies at one */
  constructor(router: PlacesRouter, table: { readonly end: number; readonly what: string }) {
    this.#router = router;
    this.#end = table.end;
    this.#what = table.what;
  }

  /** Takes a place that no packet can name; undefined when there is none left. */
  take(): number | undefined {
    return this.#freed.shift() ?? (this.#fresh < this.#end ? this.#fresh++ : undefined);
  }

  /** Gives a place back that no next hop names any more. */
  retire(place: number): void {
    const free = async () => {
      await this.#router.quiet();
      await this.#router.quiet(); // a packet that was injected before the first quiet point is handled after it
      this.#freed.push(place);
    };
    free().catch((error) => {
      this.#router.log.error({ error, place }, `${this.#what} stays retired: a worker is stuck`);
    });
  }
}
