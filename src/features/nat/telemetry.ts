import type { MetricFamily } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { NatRules } from './nat-rules.ts';
import type { Sessions } from './sessions.ts';

/** What is shown. */
interface Shown {
  readonly rules: NatRules;
  readonly sessions: Sessions;
}

/** Shows how many sessions and rules there are as metrics. */
export function showNat(telemetry: Pick<Telemetry, 'metrics'>, nat: Shown): void {
  telemetry.metrics.register(() => natMetrics(nat));
}

function natMetrics({ rules, sessions }: Shown): readonly MetricFamily[] {
  return [
    {
      name: 'millrace_nat_sessions',
      type: 'gauge',
      help: 'Sessions whose addresses are translated.',
      samples: [{ labels: {}, value: sessions.count }],
    },
    {
      name: 'millrace_nat_sessions_max',
      type: 'gauge',
      help: 'Sessions that there may be.',
      samples: [{ labels: {}, value: sessions.config.max }],
    },
    {
      name: 'millrace_nat_rules',
      type: 'gauge',
      help: 'Rules by which addresses are translated.',
      samples: [
        { labels: { kind: 'dnat44' }, value: rules.dnat.length },
        { labels: { kind: 'snat44' }, value: rules.snat.length },
      ],
    },
  ];
}
