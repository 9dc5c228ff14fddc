import type { Datapath } from './datapath.ts';

// What the control thread and the thread of a worker tell each other.

/** What a worker thread is started with. */
export interface WorkerStart {
  readonly index: number;
  readonly cpu: number;
  readonly datapath: Pick<Datapath, 'module'>;
  readonly memory: WebAssembly.Memory;
  readonly packetDelta: bigint;
  readonly workerStride: number;
}

/** What a worker is told when it is called back from its loop. */
export type WorkerCommand =
  | { readonly kind: 'stop' }
  | { readonly kind: 'pin'; readonly cpu: number }
  | { readonly kind: 'swap'; readonly module: Datapath['module'] };

/** What a worker tells. */
export type WorkerReport =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'ready'; readonly thread: number }
  | { readonly kind: 'pinned'; readonly cpu: number }
  /** It runs another module; for so long it has left its packets alone. */
  | { readonly kind: 'swapped'; readonly pauseMs: number }
  | ({ readonly kind: 'trap' } & TrapReport);

/** What a worker tells of a trap. */
export interface TrapReport {
  /** The stage that had a packet in its hands; absent on the fast way, where the stack tells. */
  readonly stage?: number;
  readonly stack: string;
  /** Packets that were given up. */
  readonly dropped: number;
  readonly reason: string;
}

/** A report of one kind. */
export type ReportOf<Kind extends WorkerReport['kind']> = Extract<WorkerReport, { kind: Kind }>;

/** Whether a report is of a kind. */
export function isReport<Kind extends WorkerReport['kind']>(
  report: WorkerReport,
  kind: Kind,
): report is ReportOf<Kind> {
  return report.kind === kind;
}
