import type { MetricFamily } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Interfaces } from '../interface/index.ts';
import type { Routes } from './routes.ts';

/** Shows how many routes every VRF has as a metric. */
export function showRoutes(
  telemetry: Pick<Telemetry, 'metrics'>,
  interfaces: Interfaces,
  routes: Routes,
): void {
  telemetry.metrics.register(() => [routeMetric(interfaces, routes)]);
}

function routeMetric(interfaces: Interfaces, routes: Routes): MetricFamily {
  const vrfs = interfaces.list.filter((iface) => iface.type === 'vrf');
  return {
    name: 'millrace_routes',
    type: 'gauge',
    help: 'Routes of a VRF, by family.',
    samples: vrfs.flatMap(({ name, vrf }) => {
      const { routes4, routes6 } = routes.used(vrf);
      return [
        { labels: { vrf: name, family: 'ipv4' }, value: routes4 },
        { labels: { vrf: name, family: 'ipv6' }, value: routes6 },
      ];
    }),
  };
}
