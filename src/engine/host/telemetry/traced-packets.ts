import type { Layer } from '../../../net/frame/layers.ts';
import type { TunnelPorts } from '../../../net/frame/tunnels.ts';
import type { Graph, GraphNode } from '../../compiler/graph.ts';
import type { Clock } from './clock.ts';
import { headersSeen } from './packet-headers.ts';
import type { TraceRecord } from './trace-ring.ts';
import type { WatchedInterfaces } from './watched-interfaces.ts';

/** A traced packet's way through the stages. */
export interface TracedPacket {
  /** Its number: a packet that is held and goes on later has the same. */
  readonly trace: number;
  readonly timeNs: bigint;
  readonly worker: number;
  /** Which interface received it; empty for a packet made by the router. */
  readonly iface: string;
  readonly length: number;
  readonly steps: readonly TracedStep[];
}

/** What one stage saw and decided. */
export interface TracedStep {
  readonly stage: string;
  readonly headers: readonly Layer[];
  /** The stage, ending or drop it was sent to. */
  readonly edge: string;
  readonly drop: boolean;
  /** The decision in words: the drop's meaning, or what was chosen for the packet. */
  readonly decision: string;
}

/** What records are read with. */
export interface TraceContext {
  readonly graph: Graph;
  readonly interfaces: WatchedInterfaces;
  readonly clock: Clock;
  /** What the UDP ports carry that tunnels have; the well-known ones when absent. */
  readonly tunnelPorts?: TunnelPorts | undefined;
}

/** Puts the records of all workers together to packets, oldest first. */
export function groupRecords(records: readonly TraceRecord[]): readonly (readonly TraceRecord[])[] {
  const ordered = [...records].sort(byClock);
  return [...Map.groupBy(ordered, (record) => record.trace).values()];
}

/** Tells whether a packet's last record says how it ended. */
export function isComplete(records: readonly TraceRecord[], { stageCount }: Graph): boolean {
  const last = records.at(-1);
  return last !== undefined && last.node >= stageCount;
}

/** Decodes the records of one packet. */
export function describePacket(records: readonly TraceRecord[], context: TraceContext): TracedPacket {
  const [first] = records;
  if (!first) throw new RangeError('describing a traced packet: expected at least one record, got none');
  return {
    trace: first.trace,
    timeNs: context.clock.timeNs(first.clock),
    worker: first.worker,
    iface: context.interfaces.find(first.iface)?.name ?? '',
    length: first.packetLength,
    steps: records.map((record, i) => describeStep(record, records[i - 1], context)),
  };
}

function byClock(a: TraceRecord, b: TraceRecord): number {
  if (a.clock !== b.clock) return a.clock < b.clock ? -1 : 1;
  if (a.worker !== b.worker) return a.worker - b.worker;
  return (a.number - b.number) | 0; // numbers wrap
}

function describeStep(
  record: TraceRecord,
  before: TraceRecord | undefined,
  context: TraceContext,
): TracedStep {
  const stage = context.graph.nodes[record.stage];
  const to = context.graph.nodes[record.node];
  return {
    stage: stage?.name ?? `stage ${record.stage}`,
    headers: headersSeen({ takesFrames: stage?.takesFrames ?? false }, record, context.tunnelPorts),
    edge: to?.name ?? `node ${record.node}`,
    drop: to?.kind === 'drop',
    decision: to && to.kind !== 'stage' ? to.doc : describeChoice({ record, before, stage, context }),
  };
}

/** Says what a stage has chosen for the packet: what differs from the record before. */
function describeChoice(step: {
  readonly record: TraceRecord;
  readonly before: TraceRecord | undefined;
  readonly stage: GraphNode | undefined;
  readonly context: TraceContext;
}): string {
  const { record, before, stage, context } = step;
  const byTable = stage !== undefined && !stage.edges.includes(record.node);
  const choices = [
    byTable && stage.tables.length > 0 ? `by ${stage.tables.join(' or ')}` : '',
    record.vrf !== (before?.vrf ?? 0) ? `vrf ${record.vrf}` : '',
    // What the first stage sees of these is of a packet that had the buffer before.
    before && record.nextHop !== before.nextHop && record.nextHop !== 0 ? `next hop ${record.nextHop}` : '',
    before && record.output !== before.output ? `out by ${nameOf(record.output, context)}` : '',
  ];
  return choices.filter((choice) => choice !== '').join(', ');
}

function nameOf(iface: number, { interfaces }: TraceContext): string {
  return interfaces.find(iface)?.name ?? `interface ${iface}`;
}
