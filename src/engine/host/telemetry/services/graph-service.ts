import { ApiError } from '../../../api-error.ts';
import { BURST_MAX, CONTROL_BURST, CONTROL_VECTOR } from '../../../layout.ts';
import { GraphService } from '../../api/engine_pb.js';
import { type ApiService, apiService } from '../../api/service.ts';
import type { Datapath } from '../../datapath.ts';
import type { Dispatch } from '../../dispatch.ts';
import type { Traps } from '../../traps.ts';
import { viewGraph } from '../graph-view.ts';

/** Shows the graph of stages, which of them are off, and how many packets are handled at once. */
export function graphService(router: {
  readonly view: DataView;
  readonly datapath: Pick<Datapath, 'info'>;
  readonly dispatch: Pick<Dispatch, 'entries'>;
  readonly traps: Pick<Traps, 'ofStage' | 'enable'>;
}): ApiService {
  const { view, datapath, dispatch, traps } = router;
  const config = () => ({
    vectorMax: view.getUint32(CONTROL_VECTOR, true),
    rxBurstMax: view.getUint32(CONTROL_BURST, true),
  });
  return apiService(GraphService, {
    getGraph() {
      const { stages, edges } = viewGraph(datapath.info, dispatch.entries);
      return {
        stages: stages.map((stage) => ({
          ...stage,
          drop: stage.kind === 'drop',
          ...traps.ofStage(stage.name),
        })),
        edges: edges.map(({ keys, ...edge }) => ({ ...edge, name: keys.join(', ') })),
      };
    },
    getGraphConfig: () => ({ config: config() }),
    setGraphConfig({ vectorMax, rxBurstMax }) {
      check('vector-max', vectorMax, VECTOR_MAX);
      check('rx-burst-max', rxBurstMax, BURST_MAX);
      if (vectorMax !== undefined) view.setUint32(CONTROL_VECTOR, vectorMax, true);
      if (rxBurstMax !== undefined) view.setUint32(CONTROL_BURST, rxBurstMax, true);
      return { config: config() };
    },
    enableStage({ stage }) {
      traps.enable(stage);
      return {};
    },
  });
}

const VECTOR_MAX = 1024;

function check(name: string, value: number | undefined, most: number): void {
  if (value === undefined || (value >= 1 && value <= most)) return;
  throw new ApiError('ERANGE', {
    doing: `setting ${name} of the graph`,
    expected: `1 to ${most} packets`,
    received: String(value),
  });
}
