import { ApiError } from '../../api-error.ts';
import { CONTROL_SNAPLEN, CONTROL_TICKS_PER_SECOND, MODE_CAPTURE_DROPS } from '../../layout.ts';
import type { ModeBits } from '../mode-bits.ts';
import { type CapturedPacket, CaptureRing } from './capture-ring.ts';
import { CaptureSession, type CaptureWish } from './capture-session.ts';
import { clockNow } from './clock.ts';
import { allAreas, type TelemetrySource } from './source.ts';
import { applyScope, joinScopes, type WatchedInterfaces, type WatchScope } from './watched-interfaces.ts';

/** What captures need of the router. */
export interface CapturesOptions {
  readonly source: TelemetrySource;
  readonly mode: Pick<ModeBits, 'set'>;
  readonly interfaces: () => WatchedInterfaces;
  /** Reads the workers' clock. */
  readonly ticks: () => bigint;
}

/** The captures that run now: they share the workers' rings, and the workers copy what any of them wants. */
export class Captures {
  readonly #options: CapturesOptions;
  readonly #sessions = new Set<CaptureSession>();
  #rings: readonly CaptureRing[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CapturesOptions) {
    this.#options = options;
  }

  /** Captures until the wish is fulfilled or the signal aborts; gives pieces of a pcapng file. @throws ApiError EBUSY */
  async *run(wish: CaptureWish, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { source, interfaces } = this.#options;
    if (this.#sessions.size >= MOST_CAPTURES) throw tooMany();
    const session = new CaptureSession({ wish, graph: source.info.graph, interfaces });
    this.#add(session);
    try {
      yield* session.chunks(signal);
    } finally {
      this.#remove(session);
    }
  }

  /** Takes what the rings hold to the captures that want it; called every few milliseconds while there are any. */
  poll(): void {
    const packets = this.#rings.flatMap((ring) => ring.take());
    if (this.#rings.length > 1) packets.sort(byClock);
    const lost = this.#rings.reduce((sum, ring) => sum + ring.takeLost(), 0);
    const clock = this.#clock();
    for (const session of this.#sessions) session.take(packets, lost, clock);
  }

  #add(session: CaptureSession): void {
    this.#sessions.add(session);
    if (this.#sessions.size === 1) this.#begin();
    this.#tellWorkers();
  }

  #remove(session: CaptureSession): void {
    this.#sessions.delete(session);
    this.#tellWorkers();
    if (this.#sessions.size > 0) return;
    clearTimeout(this.#timer);
    this.#rings = [];
  }

  #begin(): void {
    this.#rings = allAreas.map((worker) => new CaptureRing(this.#options.source, worker));
    this.#schedule(POLL_MS);
  }

  /** At most half of the control thread's time goes into captures. */
  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => {
      const start = performance.now();
      this.poll();
      this.#schedule(Math.max(POLL_MS, performance.now() - start));
    }, delayMs);
  }

  #tellWorkers(): void {
    const { source, mode, interfaces } = this.#options;
    const wishes = [...this.#sessions].map((session) => session.wish);
    const snaplen = Math.max(0, ...wishes.map((wish) => wish.snaplen));
    source.view.setUint32(CONTROL_SNAPLEN, snaplen, true);
    mode.set(
      MODE_CAPTURE_DROPS,
      wishes.some((wish) => wish.drops),
    );
    applyScope(interfaces(), 'capture', joinScopes(wishes.map(scopeOf)));
  }

  #clock() {
    const { source, ticks } = this.#options;
    return clockNow(source.view.getBigUint64(CONTROL_TICKS_PER_SECOND, true), ticks());
  }
}

const POLL_MS = 5;
/** Each may hold megabytes for a reader that does not keep up. */
const MOST_CAPTURES = 16;

function tooMany(): ApiError {
  return new ApiError('EBUSY', {
    doing: 'capturing packets',
    expected: `at most ${MOST_CAPTURES} captures at once`,
    received: 'one more',
  });
}

/** Dropped packets need no interface's flag: every drop is captured, and the session picks its own. */
function scopeOf(wish: CaptureWish): WatchScope {
  if (wish.drops) return new Set();
  return wish.iface === undefined ? 'all' : new Set([wish.iface.id]);
}

function byClock(a: CapturedPacket, b: CapturedPacket): number {
  return a.clock < b.clock ? -1 : a.clock > b.clock ? 1 : 0;
}
