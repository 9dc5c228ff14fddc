import { mkdirSync, watch } from 'node:fs';

/** Gives each listing, and the latest one again when something has happened in a directory, until the listings end. */
export async function* listingsAndAgain<Listing>(
  listings: AsyncIterable<Listing>,
  directory: string,
  signal: AbortSignal,
): AsyncIterable<Listing> {
  const source = listings[Symbol.asyncIterator]();
  const noticed = new Noticed(directory, signal);
  let latest: Listing | undefined;
  let next = source.next();
  let again = noticed.next();
  for (;;) {
    const now = await Promise.race([next, again]);
    if (now?.done === true) return;
    if (now !== undefined) latest = now.value;
    if (latest !== undefined) yield latest;
    if (now === undefined) again = noticed.next();
    else next = source.next(); // not sooner: what is done with a listing may change what the next one lists
  }
}

/** Waits for something to happen in a directory; what happens soon after one another is one. */
class Noticed {
  #happened = Promise.withResolvers<undefined>();
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string, signal: AbortSignal) {
    mkdirSync(directory, { recursive: true });
    watch(directory, { signal }, () => {
      this.#timer ??= setTimeout(() => this.#happened.resolve(undefined), SOON_MS);
    });
    signal.addEventListener('abort', () => clearTimeout(this.#timer));
  }

  async next(): Promise<undefined> {
    await this.#happened.promise;
    this.#timer = undefined;
    this.#happened = Promise.withResolvers();
  }
}

/** Thousands of agents write at once when a plan of all changes. */
const SOON_MS = 1000;
