import { ApiError } from '../../../api-error.ts';
import { StatsService } from '../../api/engine_pb.js';
import { type ApiService, apiService } from '../../api/service.ts';
import type { NodeStatistics } from '../node-stats.ts';
import type { WatchedWorker } from '../worker-watch.ts';

/** A counter that a device keeps itself. */
export interface DeviceCounter {
  readonly iface: string;
  readonly name: string;
  readonly value: bigint;
}

/** Shows and resets counters. */
export function statsService(options: {
  readonly statistics: NodeStatistics;
  readonly workers: () => readonly WatchedWorker[];
  readonly deviceCounters: (iface: string | undefined) => readonly DeviceCounter[];
  readonly reset: () => void;
}): ApiService {
  const { statistics, workers, deviceCounters, reset } = options;
  return apiService(StatsService, {
    listStageStats({ cpu }) {
      const chosen = cpu === undefined ? undefined : workersOf(workers(), cpu);
      const stats = statistics.list(chosen).map(({ node, batches, packets, cycles }) => ({
        node: node.name,
        batches,
        packets,
        cycles,
        position: node.id,
        drop: node.kind === 'drop',
      }));
      return { stats };
    },
    listDeviceStats: ({ iface }) => ({ stats: [...deviceCounters(iface)] }),
    resetStats() {
      reset();
      return {};
    },
  });
}

function workersOf(workers: readonly WatchedWorker[], cpu: number): readonly number[] {
  const found = workers.filter((worker) => worker.cpu === cpu).map((worker) => worker.index);
  if (found.length > 0) return found;
  throw new ApiError('ENOENT', {
    doing: 'showing the statistics of one CPU',
    expected: `a CPU with a worker, one of ${workers.map((worker) => worker.cpu).join(', ')}`,
    received: String(cpu),
  });
}
