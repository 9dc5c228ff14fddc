import { type MetricFamily, writeMetrics } from './openmetrics.ts';

/** What the names of the router's metrics begin with. */
export const ROUTER_PREFIX = 'millrace_';

/** Gives metrics when somebody asks: engine and features register one each. */
export type Collector = () => Iterable<MetricFamily>;

/** The metrics of the router: of whoever has registered a collector. */
export class Metrics {
  readonly #collectors: Collector[] = [];

  /** Asks a collector from now on. */
  register(collector: Collector): void {
    this.#collectors.push(collector);
  }

  /** Collects all metrics as OpenMetrics text. */
  collect(): string {
    return writeMetrics(this.#collectors.flatMap((collector) => [...collector()]));
  }
}
