import { engineServices } from '../../../src/engine/client/engine-services.ts';
import { connectRouter, type RouterClient } from '../../../src/engine/client/router-client.ts';
import type { NodePlace } from '../place.ts';
import type { Probe } from './probe.ts';

/** A stage's part of a packet's way through a router. */
export interface StageStep {
  readonly stage: string;
  readonly edge: string;
  readonly drop: boolean;
  readonly decision: string;
  /** The headers that it saw, outermost first. */
  readonly headers: readonly string[];
}

/** A packet's way through the router of a node. */
export interface RouterHop {
  readonly place: 'router';
  readonly node: string;
  readonly timeNs: string;
  /** The interface that it came in by. */
  readonly iface: string;
  readonly length: number;
  readonly steps: readonly StageStep[];
}

/** A router that notes the way of all packets until it is closed. */
export class TracingRouter implements AsyncDisposable {
  readonly #node: string;
  readonly #client: RouterClient;

  private constructor(node: string, client: RouterClient) {
    this.#node = node;
    this.#client = client;
  }

  static async start({ name, routerSocket }: NodePlace): Promise<TracingRouter> {
    const client = connectRouter({ socketPath: routerSocket });
    await client.call(engineServices.trace, 'clearTraces', {});
    await client.call(engineServices.trace, 'setTrace', { enabled: true });
    return new TracingRouter(name, client);
  }

  /** The ways that the probe took through this router so far, oldest first. */
  async hops(probe: Probe): Promise<readonly RouterHop[]> {
    const { packets = [] } = await this.#client.call(engineServices.trace, 'listTraces', { count: MOST });
    return packets
      .map(({ time_ns = '0', iface = '', length = 0, steps = [] }) => ({
        place: 'router' as const,
        node: this.#node,
        timeNs: String(time_ns),
        iface,
        length,
        steps: steps.map(({ stage = '', edge = '', drop = false, decision = '', headers = [] }) => ({
          stage,
          edge,
          drop,
          decision,
          headers: headers.map(({ name = '', text = '' }) =>
            text.startsWith(name) ? text : `${name} ${text}`,
          ),
        })),
      }))
      .filter((hop) => isOf(hop, probe))
      .sort((a, b) => (BigInt(a.timeNs) < BigInt(b.timeNs) ? -1 : 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.call(engineServices.trace, 'setTrace', { enabled: false });
    this.#client.close();
  }
}

/** Whether some stage has seen the probe's headers. */
function isOf({ steps }: RouterHop, { from, to, id }: Probe): boolean {
  const seen = steps.flatMap(({ headers }) => headers);
  const between = `${from.address} > ${to.address} `;
  return (
    seen.some((text) => `${text} `.includes(between)) && seen.some((text) => text.includes(` id ${id} `))
  );
}

const MOST = 4096;
