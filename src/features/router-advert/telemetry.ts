import type { MetricFamily } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Interfaces } from '../interface/index.ts';
import type { Advertiser, RouterAdverts } from './router-adverts.ts';

/** Shows how often the router has announced itself, and was asked to, as metrics. */
export function showRouterAdverts(
  telemetry: Pick<Telemetry, 'metrics'>,
  interfaces: Interfaces,
  adverts: RouterAdverts,
): void {
  const counted = (name: string, help: string, count: (each: Advertiser) => number): MetricFamily => ({
    name: `millrace_router_advert_${name}`,
    type: 'counter',
    help,
    samples: adverts.list.map((each) => ({
      labels: { interface: interfaces.find(each.iface)?.name ?? '' },
      value: count(each),
    })),
  });
  telemetry.metrics.register(() => [
    counted('sent', 'Router advertisements sent.', (each) => each.sent),
    counted('solicitations', 'Router solicitations received.', (each) => each.solicited),
  ]);
}
