import { TRACE_BYTES, TRACE_DATA, TRACE_DATA_BYTES, TRACE_SLOTS, WORKER_TRACE } from '../../layout.ts';
import { areaOf, type TelemetrySource } from './source.ts';

/** What one stage saw of a traced packet, and where it sent it (datapath/trace.ts). */
export interface TraceRecord {
  readonly worker: number;
  /** The record's place in its worker's ring, counted from the start. */
  readonly number: number;
  readonly trace: number;
  readonly stage: number;
  readonly node: number;
  readonly clock: bigint;
  readonly iface: number;
  readonly output: number;
  readonly vrf: number;
  readonly nextHop: number;
  /** Ethertype of what the bytes start with, zero when nobody has said. */
  readonly etherType: number;
  /** Length of the packet; `bytes` may be less. */
  readonly packetLength: number;
  readonly bytes: Uint8Array;
}

/** Tells how many records a worker has written, modulo 2^32. */
export function recordsWritten(source: TelemetrySource, worker: number): number {
  const words = new Int32Array(source.view.buffer);
  return Atomics.load(words, (areaOf(source, worker) + WORKER_TRACE) >> 2) >>> 0;
}

/** Reads a worker's records from one on, oldest first; those that were overwritten meanwhile are left out. */
export function readRecords(source: TelemetrySource, worker: number, from: number): readonly TraceRecord[] {
  const written = recordsWritten(source, worker);
  const count = Math.min((written - from) >>> 0, TRACE_SLOTS);
  const records: TraceRecord[] = [];
  for (let i = count; i > 0; i--) {
    const record = readRecord(source, worker, (written - i) >>> 0);
    if (record) records.push(record);
  }
  return records;
}

/** Copies a record first and checks its number after, because the worker goes on writing. */
function readRecord(source: TelemetrySource, worker: number, number: number): TraceRecord | undefined {
  const slot = areaOf(source, worker) + WORKER_TRACE + 64 + (number % TRACE_SLOTS) * TRACE_BYTES;
  const copy = new Uint8Array(source.view.buffer, slot, TRACE_BYTES).slice();
  const complete = (number + 1) >>> 0;
  const view = new DataView(copy.buffer);
  if (view.getUint32(NUMBER, true) !== complete) return undefined;
  if (source.view.getUint32(slot + NUMBER, true) !== complete) return undefined;
  return parseRecord(copy, view, { worker, number });
}

function parseRecord(
  copy: Uint8Array,
  view: DataView,
  place: Pick<TraceRecord, 'worker' | 'number'>,
): TraceRecord {
  const dataBytes = Math.min(view.getUint32(36, true), TRACE_DATA_BYTES);
  return {
    ...place,
    trace: view.getUint32(0, true),
    stage: view.getUint32(4, true),
    node: view.getUint32(8, true),
    packetLength: view.getUint32(12, true),
    clock: view.getBigUint64(16, true),
    iface: view.getUint16(24, true),
    output: view.getUint16(26, true),
    vrf: view.getUint16(28, true),
    etherType: view.getUint16(30, false), // it lies there as on the wire
    nextHop: view.getUint32(32, true),
    bytes: copy.subarray(TRACE_DATA, TRACE_DATA + dataBytes),
  };
}

const NUMBER = 40;
