import type { Logger } from 'pino';
import { describeLayers } from '../../../net/frame/describe.ts';
import type { TunnelPorts } from '../../../net/frame/tunnels.ts';
import type { Graph } from '../../compiler/graph.ts';
import type { Clock } from './clock.ts';
import { EndedPackets } from './ended-packets.ts';
import type { TraceReader } from './trace-reader.ts';
import { describePacket, type TracedPacket } from './traced-packets.ts';
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
  readonly #packets: EndedPackets;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PacketLogOptions) {
    this.#options = options;
    this.#packets = new EndedPackets(options.reader, options.graph);
  }

  /** Begins to log every packet, or ends it. */
  enable(on: boolean): void {
    const { tracing } = this.#options;
    if (on === (this.#timer !== undefined)) return;
    if (on) {
      this.#packets.clear();
      tracing.enable(OWNER);
      this.#timer = setInterval(() => this.poll(), POLL_MS).unref();
      return;
    }
    tracing.disable(OWNER);
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.poll();
  }

  /** Logs the packets that have ended since the last call. */
  poll(): void {
    const { log, graph, interfaces, clock, tunnelPorts } = this.#options;
    const ended = this.#packets.take();
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

/** p0: 192.0.2.1 > 198.51.100.1 udp ttl 64 length 46 | port-rx > ether-input > … > sent */
function describeWay({ iface, steps }: TracedPacket): string {
  const headers = steps[0]?.headers ?? [];
  const last = steps.at(-1);
  const way = [...steps.map((step) => step.stage), last?.drop ? `drop ${last.edge}` : (last?.edge ?? '')];
  return `${iface || 'router'}: ${describeLayers(headers)} | ${way.join(' > ')}`;
}
