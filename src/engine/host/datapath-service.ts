import { ApiError } from '../api-error.ts';
import { DatapathService } from './api/engine_pb.js';
import { type ApiService, apiService } from './api/service.ts';
import type { Datapath } from './datapath.ts';
import type { Build, DatapathSwap } from './swap.ts';

/** Shows which build of the datapath runs, and lets others take over. */
export function datapathService(router: {
  readonly datapath: Pick<Datapath, 'info'>;
  readonly swap: Pick<DatapathSwap, 'build' | 'swaps' | 'swap'>;
}): ApiService {
  const { datapath, swap } = router;
  const show = ({ name, build, bytes, since }: Build) => ({
    file: name,
    build,
    bytes,
    layout: datapath.info.layout,
    stages: datapath.info.graph.stageCount,
    sinceNs: BigInt(since.getTime()) * 1_000_000n,
  });
  return apiService(DatapathService, {
    getDatapath: () => ({ build: show(swap.build), swaps: swap.swaps }),
    async swapDatapath({ code, file }) {
      if (code.length === 0) {
        const problem = { doing: 'swap the datapath', expected: 'the code of a build', received: 'no bytes' };
        throw new ApiError('EINVAL', problem);
      }
      const { compileMs, trialMs, rewriteMs, pausesMs } = await swap.swap(
        new Uint8Array(code),
        file || 'an unnamed build',
      );
      return { build: show(swap.build), compileMs, trialMs, rewriteMs, pausesMs: [...pausesMs] };
    },
  });
}
