import { TRACE_BYTES, TRACE_DATA, TRACE_DATA_BYTES, TRACE_SLOTS, WORKER_TRACE } from '../layout';
import { keepsPacket } from './graph';
import { worker } from './instance';
import { Packet } from './packet';

/** What one stage saw of a traced packet, and where it sent it: followed by the bytes it saw, from TRACE_DATA on. */
@unmanaged
class TraceRecord {
  trace: u32;
  stage: u32;
  node: u32;
  packetLength: u32;
  clock: u64;
  iface: u16;
  output: u16;
  vrf: u16;
  etherType: u16;
  nextHop: u32;
  dataBytes: u32;
  /** The record's number, written last: a reader that finds another number has been overtaken. */
  number: u32;
}

/** Low bits of a trace number, counted by the worker; the high ones are its index (set by the host). */
const COUNT_MASK: u32 = 0xffffff;

/** Starts a trace at a packet; every stage it passes leaves a record. Numbers are unique over all workers, never zero. */
export function startTrace(packet: Packet): void {
  const next = (worker.nextTrace + 1) & COUNT_MASK;
  worker.nextTrace = (worker.nextTrace & ~COUNT_MASK) | (next ? next : 1);
  packet.trace = worker.nextTrace;
}

/** Records what a stage is about to see. */
export function traceStage(stage: u32, packet: Packet): void {
  const record = recordAt(writtenRecords());
  record.number = 0;
  record.trace = packet.trace;
  record.stage = stage;
  record.clock = worker.clock;
  record.packetLength = packet.pktLen;
  record.etherType = packet.etherType;
  recordFields(record, packet);
  const bytes = min<u32>(packet.dataLen, TRACE_DATA_BYTES);
  record.dataBytes = bytes;
  memory.copy(changetype<usize>(record) + TRACE_DATA, packet.data, bytes);
}

/** Completes the record with the stage's decision, and with what the stage has set where the packet is still ours. */
export function traceDecision(node: u32, packet: Packet): void {
  const written = writtenRecords();
  const record = recordAt(written);
  record.node = node;
  if (keepsPacket(node)) recordFields(record, packet);
  record.number = written + 1;
  atomic.store<u32>(changetype<usize>(worker) + WORKER_TRACE, written + 1);
}

/** @inline */
function recordFields(record: TraceRecord, packet: Packet): void {
  record.iface = packet.iface;
  record.output = packet.output;
  record.vrf = packet.vrf;
  record.nextHop = packet.nextHop;
}

/** @inline */
function writtenRecords(): u32 {
  return load<u32>(changetype<usize>(worker) + WORKER_TRACE);
}

/** @inline */
function recordAt(number: u32): TraceRecord {
  return changetype<TraceRecord>(
    changetype<usize>(worker) + WORKER_TRACE + 64 + (number & (TRACE_SLOTS - 1)) * TRACE_BYTES,
  );
}
