import type { MetricFamily } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Bonds } from './bonds.ts';

/** Shows how many members bonds have, and which of them are used, as metrics. */
export function showBonds(telemetry: Pick<Telemetry, 'metrics'>, bonds: Bonds): void {
  telemetry.metrics.register(() => bondMetrics(bonds));
}

function bondMetrics(bonds: Bonds): readonly MetricFamily[] {
  return [
    {
      name: 'millrace_bond_member_active',
      type: 'gauge',
      help: 'Whether a bond sends by a member.',
      samples: bonds.inUse.flatMap(({ bond, sends }) =>
        bonds.membersOf(bond.id).map(({ id, name }) => ({
          labels: { bond: bond.name, member: name },
          value: sends.includes(id) ? 1 : 0,
        })),
      ),
    },
  ];
}
