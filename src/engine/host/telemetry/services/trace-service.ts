import type { TunnelPorts } from '../../../../net/frame/tunnels.ts';
import type { Graph } from '../../../compiler/graph.ts';
import { TraceService } from '../../api/engine_pb.js';
import { type ApiService, apiService } from '../../api/service.ts';
import type { Clock } from '../clock.ts';
import { headerMessage } from '../header-message.ts';
import type { TraceReader } from '../trace-reader.ts';
import { describePacket, groupRecords, type TracedPacket } from '../traced-packets.ts';
import type { Tracing } from '../tracing.ts';
import { interfaceNamed, type WatchedInterfaces } from '../watched-interfaces.ts';
import type { WatchedWorker } from '../worker-watch.ts';

/** Chooses whose packets are traced, and shows the traces. */
export function traceService(options: {
  readonly tracing: Tracing;
  /** A reader of its own: `clear` moves it. */
  readonly reader: TraceReader;
  readonly graph: Graph;
  readonly interfaces: () => WatchedInterfaces;
  readonly clock: () => Clock;
  readonly workers: () => readonly WatchedWorker[];
  readonly tunnelPorts?: () => TunnelPorts;
}): ApiService {
  const { tracing, reader, graph, interfaces, clock, workers, tunnelPorts } = options;
  return apiService(TraceService, {
    setTrace({ iface, enabled }) {
      const doing = `${enabled ? 'enabling' : 'disabling'} the trace of an interface`;
      const id = iface === undefined ? undefined : interfaceNamed(interfaces(), iface, doing).id;
      if (enabled) tracing.enable(USER, id);
      else tracing.disable(USER, id);
      return {};
    },
    listTraces({ count }) {
      const context = { graph, interfaces: interfaces(), clock: clock(), tunnelPorts: tunnelPorts?.() };
      const newest = groupRecords(reader.peek()).slice(-(count ?? DEFAULT_COUNT));
      const cpus = new Map(workers().map((worker) => [worker.index, worker.cpu]));
      return {
        packets: newest
          .map((group) => describePacket(group, context))
          .map((packet) => packetMessage(packet, cpus.get(packet.worker) ?? 0)),
      };
    },
    clearTraces() {
      reader.clear();
      return {};
    },
  });
}

const USER = 'user';
const DEFAULT_COUNT = 10;

function packetMessage(packet: TracedPacket, cpuId: number) {
  return {
    timeNs: packet.timeNs,
    cpuId,
    iface: packet.iface,
    length: packet.length,
    steps: packet.steps.map(({ headers, ...step }) => ({ ...step, headers: headers.map(headerMessage) })),
  };
}
