import { wallClockNs } from './clock.ts';
import { EventQueue, type RecordedEvent } from './event-queue.ts';

/** What somebody wants to be told. */
export interface EventWish {
  /** Only types that begin with one of these; all when empty. */
  readonly types: readonly string[];
  /** First as many past events. */
  readonly replay: number;
}

/** Tells what happens to whoever watches, and remembers the last of it. */
export class Events {
  readonly #history: RecordedEvent[] = [];
  readonly #queues = new Set<EventQueue>();

  /** Records an event; never waits for who watches. */
  emit(event: { readonly type: string; readonly text: string }): void {
    const recorded = { timeNs: wallClockNs(), type: event.type, text: event.text };
    this.#history.push(recorded);
    if (this.#history.length > MOST_REMEMBERED) this.#history.shift();
    for (const queue of this.#queues) queue.put(recorded);
  }

  /** Gives events as they happen, all at once that have happened meanwhile, until the signal aborts. */
  async *watch(wish: EventWish, signal: AbortSignal): AsyncGenerator<readonly RecordedEvent[]> {
    const queue = new EventQueue((event) => matches(event, wish.types));
    for (const event of this.#past(wish)) queue.put(event);
    this.#queues.add(queue);
    try {
      yield* queue.batches(signal);
    } finally {
      this.#queues.delete(queue);
    }
  }

  #past({ types, replay }: EventWish): readonly RecordedEvent[] {
    if (replay === 0) return [];
    return this.#history.filter((event) => matches(event, types)).slice(-replay);
  }
}

const MOST_REMEMBERED = 1024;

function matches(event: RecordedEvent, types: readonly string[]): boolean {
  return types.length === 0 || types.some((type) => event.type.startsWith(type));
}
