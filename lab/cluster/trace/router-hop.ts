import { engineServices } from '../../../src/engine/client/engine-services.ts';
import { connectRouter, type RouterClient } from '../../../src/engine/client/router-client.ts';
import type {
  FollowTracesResponseJson,
  TracedPacketJson,
  TraceStepJson,
} from '../../../src/engine/host/api/engine_pb.js';
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
  /** The router's number of it: a packet that was held and went on has it twice. */
  readonly trace: number;
  readonly timeNs: string;
  /** The interface that it came in by. */
  readonly iface: string;
  readonly length: number;
  readonly steps: readonly StageStep[];
}

/** A router that tells the way of all packets until it is closed, or this process ends. */
export class TracingRouter implements AsyncDisposable {
  readonly #node: string;
  readonly #client: RouterClient;
  readonly #ending = new AbortController();
  readonly #hops: RouterHop[] = [];
  #reading: Promise<void> = Promise.resolve();

  private constructor({ name, routerSocket }: NodePlace) {
    this.#node = name;
    this.#client = connectRouter({ socketPath: routerSocket });
  }

  static async start(node: NodePlace): Promise<TracingRouter> {
    const router = new TracingRouter(node);
    await router.#begin();
    return router;
  }

  /** The ways that the probe took through this router so far, oldest first. */
  hops(probe: Probe): readonly RouterHop[] {
    return joined(this.#hops)
      .filter((hop) => isOf(hop, probe))
      .sort((a, b) => (BigInt(a.timeNs) < BigInt(b.timeNs) ? -1 : 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#reading;
    this.#client.close();
  }

  /** The first message says that it has begun. */
  async #begin(): Promise<void> {
    const { signal } = this.#ending;
    const messages = this.#client.stream(engineServices.trace, 'followTraces', {}, { signal });
    await messages.next();
    this.#reading = this.#read(messages);
  }

  async #read(messages: AsyncIterable<FollowTracesResponseJson>): Promise<void> {
    for await (const { packets = [] } of messages)
      this.#hops.push(...packets.map((packet) => hopOf(this.#node, packet)));
  }
}

function hopOf(node: string, packet: TracedPacketJson): RouterHop {
  const { trace = 0, time_ns = '0', iface = '', length = 0, steps = [] } = packet;
  return { place: 'router', node, trace, timeNs: String(time_ns), iface, length, steps: steps.map(stepOf) };
}

/** Puts the parts of a way together that was interrupted because the packet was held. */
function joined(hops: readonly RouterHop[]): readonly RouterHop[] {
  const parts = Map.groupBy(hops, ({ trace }) => trace);
  return [...parts.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, steps: [first, ...others].flatMap(({ steps }) => steps) }],
  );
}

function stepOf({
  stage = '',
  edge = '',
  drop = false,
  decision = '',
  headers = [],
}: TraceStepJson): StageStep {
  const texts = headers.map(({ name = '', text = '' }) => (text.startsWith(name) ? text : `${name} ${text}`));
  return { stage, edge, drop, decision, headers: texts };
}

/** Whether some stage has seen the probe's headers. */
function isOf({ steps }: RouterHop, { from, to, id }: Probe): boolean {
  const seen = steps.flatMap(({ headers }) => headers);
  const between = `${from.address} > ${to.address} `;
  return (
    seen.some((text) => `${text} `.includes(between)) && seen.some((text) => text.includes(` id ${id} `))
  );
}
