import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Encaps } from './encaps.ts';
import type { LocalSids } from './local-sids.ts';

/** Shows how many lists of segments and SIDs there are as metrics. */
export function showSrv6(
  telemetry: Pick<Telemetry, 'metrics'>,
  { encaps, sids }: { readonly encaps: Pick<Encaps, 'size'>; readonly sids: Pick<LocalSids, 'counts'> },
): void {
  telemetry.metrics.register(() => [
    {
      name: 'millrace_srv6_lists',
      type: 'gauge',
      help: 'Next hops that put lists of segments round packets.',
      samples: [{ labels: {}, value: encaps.size }],
    },
    {
      name: 'millrace_srv6_sids',
      type: 'gauge',
      help: 'SIDs of the router, by what they do.',
      samples: [...sids.counts].map(([behavior, value]) => ({ labels: { behavior }, value })),
    },
  ]);
}
