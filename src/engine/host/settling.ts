/** What changes bring about outside the router: answers of the API wait for it. */
export class Settling {
  readonly #waits: (() => Promise<void>)[] = [];

  add(wait: () => Promise<void>): void {
    this.#waits.push(wait);
  }

  /** Resolves when what has changed shows outside too, or after a second: a host that hangs holds nobody up for long. */
  async settled(): Promise<void> {
    if (this.#waits.length === 0) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LONGEST_MS);
    await Promise.race([Promise.all(this.#waits.map((wait) => wait())), late]);
    clearTimeout(timer);
  }
}

const LONGEST_MS = 1000;
