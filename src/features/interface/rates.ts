import type { InterfaceCounters } from './counters.ts';

/** Packets and bits per second over one interval. */
export interface Rates {
  readonly rxPps: number;
  readonly rxBps: number;
  readonly rxDropsPps: number;
  readonly txPps: number;
  readonly txBps: number;
  readonly txErrorsPps: number;
}

/** What two readings of the counters, so many milliseconds apart, mean per second. */
export function ratesBetween(
  before: InterfaceCounters,
  after: InterfaceCounters,
  milliseconds: number,
): Rates {
  const perSecond = (name: keyof InterfaceCounters) =>
    (Number(after[name] - before[name]) * 1000) / milliseconds;
  return {
    rxPps: perSecond('rxPackets'),
    rxBps: perSecond('rxBytes') * 8,
    rxDropsPps: perSecond('rxDrops'),
    txPps: perSecond('txPackets'),
    txBps: perSecond('txBytes') * 8,
    txErrorsPps: perSecond('txErrors'),
  };
}

/** Keeps the last two readings of every interface, a second apart. */
export class RateMeter {
  readonly #read: () => ReadonlyMap<number, InterfaceCounters>;
  readonly #now: () => number;
  #before: { readonly at: number; readonly counters: ReadonlyMap<number, InterfaceCounters> } | undefined;
  #last: { readonly at: number; readonly counters: ReadonlyMap<number, InterfaceCounters> };
  #timer: NodeJS.Timeout | undefined;

  constructor(
    read: () => ReadonlyMap<number, InterfaceCounters>,
    now: () => number = () => performance.now(),
  ) {
    this.#read = read;
    this.#now = now;
    this.#last = { at: now(), counters: read() };
  }

  start(): void {
    this.#timer = setInterval(() => this.take(), INTERVAL_MS).unref();
  }

  /** Takes a reading. */
  take(): void {
    this.#before = this.#last;
    this.#last = { at: this.#now(), counters: this.#read() };
  }

  /** Rates of an interface over the last interval; undefined when it was not there for the whole of it. */
  of(id: number): Rates | undefined {
    const before = this.#before?.counters.get(id);
    const after = this.#last.counters.get(id);
    return before && after ? ratesBetween(before, after, this.intervalMs) : undefined;
  }

  /** Length of the last interval. */
  get intervalMs(): number {
    return this.#before ? this.#last.at - this.#before.at : 0;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

const INTERVAL_MS = 1000;
