import type { Router } from '../../engine/host/router.ts';

/** What places need of the router. */
interface PlacesRouter extends Pick<Router, 'quiet'> {
  readonly log: { error(fields: object, message: string): void };
}

/** Places of a table: one that is given back is used again when no packet can read it. */
export class Places {
  readonly #router: PlacesRouter;
  readonly #most: number;
  readonly #freed: number[] = [];
  #fresh = 1;

  constructor(router: PlacesRouter, most: number) {
    this.#router = router;
    this.#most = most;
  }

  /** Takes a place that no packet can name; undefined when there is none left. */
  take(): number | undefined {
    return this.#freed.shift() ?? (this.#fresh < this.#most ? this.#fresh++ : undefined);
  }

  /** Gives a place back that no next hop names any more. */
  retire(place: number): void {
    const free = async () => {
      await this.#router.quiet();
      await this.#router.quiet(); // a packet that was injected before the first quiet point is handled after it
      this.#freed.push(place);
    };
    free().catch((error) => {
      this.#router.log.error(
        { error, place },
        'a record of segment routing stays retired: a worker is stuck',
      );
    });
  }
}
