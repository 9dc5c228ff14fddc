import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Interfaces } from '../interface/index.ts';
import type { Macs } from './macs.ts';

/** Shows how many further addresses interfaces have as metrics. */
export function showMacs(telemetry: Pick<Telemetry, 'metrics'>, interfaces: Interfaces, macs: Macs): void {
  telemetry.metrics.register(() => [
    {
      name: 'millrace_interface_further_macs',
      type: 'gauge',
      help: 'MAC addresses beside its own that an interface receives for.',
      samples: interfaces.list
        .map(({ id, name }) => ({ labels: { interface: name }, value: macs.of(id).length }))
        .filter(({ value }) => value > 0),
    },
  ]);
}
