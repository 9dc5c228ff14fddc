import type { Graph } from '../compiler/graph.ts';
import { WORKER_BURST_COUNT, WORKER_CURRENT, WORKER_STAGE } from '../layout.ts';

/** Says in words where a worker is now, by what its area says: in which stage, as far as anybody notes it. */
export function placeOfWorker(view: DataView, area: number, graph: Pick<Graph, 'nodes'>): string {
  if (view.getUint32(area + WORKER_CURRENT, true) !== 0) {
    const stage = view.getUint32(area + WORKER_STAGE, true);
    return `in stage ${graph.nodes[stage]?.name ?? stage}`;
  }
  return view.getUint32(area + WORKER_BURST_COUNT, true) !== 0 ? 'on the common paths' : 'between two bursts';
}
