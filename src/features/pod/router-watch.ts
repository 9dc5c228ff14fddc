import { engineServices } from '../../engine/client/engine-services.ts';
import type { RouterClient } from '../../engine/client/router-client.ts';

/** What is to be done when the router comes and goes. */
export interface RouterWatchNeeds {
  readonly router: RouterClient;
  /** Makes the router what it shall be; it is tried again after it has failed. */
  readonly onUp: () => Promise<void>;
  readonly onDown: (reason: string) => void;
}

/** Follows the router: it is there as long as the stream of its events goes on. */
export class RouterWatch {
  readonly #needs: RouterWatchNeeds;
  readonly #ending = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(needs: RouterWatchNeeds) {
    this.#needs = needs;
  }

  start(): void {
    this.#done = this.#follow();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.#stay(signal);
        this.#needs.onDown('the router has ended');
      } catch (error) {
        this.#needs.onDown(error instanceof Error ? error.message : String(error));
      }
      await pause(RETRY_MS, signal);
    }
  }

  /** The stream begins before the router is looked at, so that its end in between is seen. */
  async #stay(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const both = AbortSignal.any([signal, ended.signal]);
    const events = this.#needs.router.stream(
      engineServices.event,
      'watchEvents',
      { types: ['none'] },
      { signal: both },
    );
    const over = drain(events);
    try {
      await Promise.race([
        this.#needs.onUp(),
        over.then(() => Promise.reject(new Error('the router has ended'))),
      ]);
      await over;
    } finally {
      ended.abort();
      await over.catch(() => undefined);
    }
  }
}

const RETRY_MS = 200;

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
