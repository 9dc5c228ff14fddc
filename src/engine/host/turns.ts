/** Lets changes that take time follow one another: each begins when those before it have ended, well or badly. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Makes a change in its turn; resolves to what it returns, rejects with what it throws. */
  take<T>(change: () => Promise<T> | T): Promise<T> {
    const turn = this.#last.then(change);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
