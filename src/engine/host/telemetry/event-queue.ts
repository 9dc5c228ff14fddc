import { wallClockNs } from './clock.ts';
import { Signal } from './signal.ts';

/** Something that happened in the router. */
export interface RecordedEvent {
  readonly timeNs: bigint;
  /** The kind, as its line begins: "iface add", "nh new". */
  readonly type: string;
  /** The rest of its line. */
  readonly text: string;
}

/** Events that wait for one reader; when it is too slow the newest are lost, and it is told how many. */
export class EventQueue {
  readonly #wants: (event: RecordedEvent) => boolean;
  readonly #news = new Signal();
  #waiting: RecordedEvent[] = [];
  #lost = 0;

  constructor(wants: (event: RecordedEvent) => boolean) {
    this.#wants = wants;
  }

  /** Lets an event wait, if the reader wants it and there is room. */
  put(event: RecordedEvent): void {
    if (!this.#wants(event)) return;
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(event);
    else this.#lost++;
    this.#news.raise();
  }

  /** Gives what waits, again and again, until the signal aborts. */
  async *batches(signal: AbortSignal): AsyncGenerator<readonly RecordedEvent[]> {
    while (!signal.aborted) {
      if (this.#waiting.length > 0) yield this.#take();
      else await this.#news.wait(signal);
    }
  }

  #take(): readonly RecordedEvent[] {
    const batch = this.#waiting;
    if (this.#lost > 0) {
      batch.push({ timeNs: wallClockNs(), type: 'lost', text: `${this.#lost} events` });
    }
    this.#waiting = [];
    this.#lost = 0;
    return batch;
  }
}

const MOST_WAITING = 4096;
