import { allAreas, type TelemetrySource } from './source.ts';
import { readRecords, recordsWritten, type TraceRecord } from './trace-ring.ts';

/** Reads the trace rings of all workers from a point on that only it moves. */
export class TraceReader {
  readonly #source: TelemetrySource;
  readonly #from = new Map<number, number>();

  constructor(source: TelemetrySource) {
    this.#source = source;
  }

  /** Gives the records since the point; what the rings have lost of them is missing. */
  peek(): readonly TraceRecord[] {
    return allAreas.flatMap((worker) => readRecords(this.#source, worker, this.#from.get(worker) ?? 0));
  }

  /** Gives the records since the point and moves it behind them. */
  take(): readonly TraceRecord[] {
    const records = this.peek();
    for (const { worker, number } of records) this.#from.set(worker, (number + 1) >>> 0);
    return records;
  }

  /** Moves the point to now. */
  clear(): void {
    for (const worker of allAreas) this.#from.set(worker, recordsWritten(this.#source, worker));
  }
}
