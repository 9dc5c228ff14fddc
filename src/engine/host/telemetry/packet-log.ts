import type { Logger } from 'pino';
import { describeLayers } from '../../../net/frame/describe.ts';
import type { TunnelPorts } from '../../../net/frame/tunnels.ts';
import type { Graph } from '../../compiler/graph.ts';
import type { Clock } from './clock.ts';
import type { TraceReader } from './trace-reader.ts';
import type { TraceRecord } from './trace-ring.ts';
import { describePacket, groupRecords, isComplete, type TracedPacket } from './traced-packets.ts';
import type { Tracing } from './tracing.ts';
import type { WatchedInterfaces } from './watched-interfaces.ts';

/** What the packet log needs. */
export interface PacketLogOptions {
  readonly log: Logger;
  readonly graph: Graph;
  readonly tracing: Tracing;
  /** A reader of its own: what it takes nobody else reads. */
  readonly reader: TraceReader;
  readonly interfaces: () => WatchedInterfaces;
  readonly clock: () => Clock;
  readonly tunnelPorts?: () => TunnelPorts;
}

/** Logs each packet's way through the stages: a debugging tool, limited to so many lines a second. */
export class PacketLog {
  readonly #options: PacketLogOptions;
  #unfinished: readonly TraceRecord[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PacketLogOptions) {
    this.#options = options;
  }

  /** Begins to log every packet, or ends it. */
  enable(on: boolean): void {
    const { tracing, reader } = this.#options;
    if (on === (this.#timer !== undefined)) return;
    if (on) {
      reader.clear();
      tracing.enable(OWNER);
      this.#timer = setInterval(() => this.poll(), POLL_MS).unref();
      return;
    }
    tracing.disable(OWNER);
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.poll();
    this.#unfinished = [];
  }

  /** Logs the packets that have ended since the last call. */
  poll(): void {
    const { log, graph, reader, interfaces, clock, tunnelPorts } = this.#options;
    const before = new Set(this.#unfinished);
    const groups = groupRecords([...before, ...reader.take()]);
    const [ended, unfinished] = partition(groups, (group) => isOver(group, graph, before));
    this.#unfinished = unfinished.flat();
    const context = { graph, interfaces: interfaces(), clock: clock(), tunnelPorts: tunnelPorts?.() };
    for (const group of ended.slice(0, MOST_LINES)) {
      const packet = describePacket(group, context);
      log.info({ iface: packet.iface, length: packet.length }, describeWay(packet));
    }
    const more = ended.length - MOST_LINES;
    if (more > 0) log.warn({ packets: more }, `${more} more packets not logged: there were too many at once`);
  }
}

const OWNER = 'packet log';
const POLL_MS = 100;
/** Lines of one poll, so a tenth of those of a second. */
const MOST_LINES = 50;

/** A packet is on its way for microseconds: one that has not ended since the last poll is shown as far as it is known. */
function isOver(group: readonly TraceRecord[], graph: Graph, before: ReadonlySet<TraceRecord>): boolean {
  return isComplete(group, graph) || group.some((record) => before.has(record));
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): readonly [T[], T[]] {
  const { true: yes = [], false: no = [] } = Object.groupBy(items, (item) => (test(item) ? 'true' : 'false'));
  return [yes, no];
}

/** p0: 192.0.2.1 > 198.51.100.1 udp ttl 64 length 46 | port-rx > ether-input > … > sent */
function describeWay({ iface, steps }: TracedPacket): string {
  const headers = steps[0]?.headers ?? [];
  const last = steps.at(-1);
  const way = [...steps.map((step) => step.stage), last?.drop ? `drop ${last.edge}` : (last?.edge ?? '')];
  return `${iface || 'router'}: ${describeLayers(headers)} | ${way.join(' > ')}`;
}
