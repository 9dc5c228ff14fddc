import type { TunnelPorts } from '../../../../net/frame/tunnels.ts';
import type { Graph } from '../../../compiler/graph.ts';
import { TraceService } from '../../api/engine_pb.js';
import { type ApiService, apiService } from '../../api/service.ts';
import type { Clock } from '../clock.ts';
import { headerMessage } from '../header-message.ts';
import type { TraceFollowers } from '../trace-followers.ts';
import type { TraceReader } from '../trace-reader.ts';
import type { TraceRecord } from '../trace-ring.ts';
import { describePacket, groupRecords, type TracedPacket } from '../traced-packets.ts';
import type { Tracing } from '../tracing.ts';
import { interfaceNamed, type WatchedInterfaces } from '../watched-interfaces.ts';
import type { WatchedWorker } from '../worker-watch.ts';

/** Chooses whose packets are traced, and shows the traces. */
export function traceService(options: {
  readonly tracing: Tracing;
  /** A reader of its own: `clear` moves it. */
  readonly reader: TraceReader;
  readonly followers: TraceFollowers;
  readonly graph: Graph;
  readonly interfaces: () => WatchedInterfaces;
  readonly clock: () => Clock;
  readonly workers: () => readonly WatchedWorker[];
  readonly tunnelPorts?: () => TunnelPorts;
}): ApiService {
  const { tracing, reader, followers, graph, interfaces, clock, workers, tunnelPorts } = options;
  const messagesOf = (groups: readonly (readonly TraceRecord[])[]) => {
    const context = { graph, interfaces: interfaces(), clock: clock(), tunnelPorts: tunnelPorts?.() };
    const cpus = new Map(workers().map((worker) => [worker.index, worker.cpu]));
    return groups
      .map((group) => describePacket(group, context))
      .map((packet) => packetMessage(packet, cpus.get(packet.worker) ?? 0));
  };
  return apiService(TraceService, {
    setTrace({ iface, enabled }) {
      const doing = `${enabled ? 'enabling' : 'disabling'} the trace of an interface`;
      const id = iface === undefined ? undefined : interfaceNamed(interfaces(), iface, doing).id;
      if (enabled) tracing.enable(USER, id);
      else tracing.disable(USER, id);
      return {};
    },
    listTraces({ count }) {
      return { packets: messagesOf(groupRecords(reader.peek()).slice(-(count ?? DEFAULT_COUNT))) };
    },
    async *followTraces({ iface }, { signal }) {
      const doing = 'following the traces of an interface';
      const id = iface === undefined ? undefined : interfaceNamed(interfaces(), iface, doing).id;
      for await (const groups of followers.follow(id, signal)) {
        if (groups.length === 0) yield { packets: [] };
        for (let at = 0; at < groups.length; at += MESSAGE_PACKETS)
          yield { packets: messagesOf(groups.slice(at, at + MESSAGE_PACKETS)) };
      }
    },
    clearTraces() {
      reader.clear();
      return {};
    },
  });
}

const USER = 'user';
const DEFAULT_COUNT = 10;
/** What a slow reader leaves in its connection is one message. */
const MESSAGE_PACKETS = 64;

function packetMessage(packet: TracedPacket, cpuId: number) {
  return {
    trace: packet.trace,
    timeNs: packet.timeNs,
    cpuId,
    iface: packet.iface,
    length: packet.length,
    steps: packet.steps.map(({ headers, ...step }) => ({ ...step, headers: headers.map(headerMessage) })),
  };
}
