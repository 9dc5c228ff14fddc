/** Wakes the one who waits for news. */
export class Signal {
  #wake: () => void = () => {};

  /** Says that there is news. */
  raise(): void {
    this.#wake();
  }

  /** Waits until there is news or the signal aborts; what was raised before does not count. */
  async wait(abort: AbortSignal): Promise<void> {
    if (abort.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#wake = wake;
    abort.addEventListener('abort', wake, { once: true });
    await promise;
    abort.removeEventListener('abort', wake);
  }
}
