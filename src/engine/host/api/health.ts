import type { ServiceImpl } from '@connectrpc/connect';
import { ApiError } from '../../api-error.ts';
import {
  type Health as HealthService,
  HealthCheckResponse_ServingStatus as Status,
} from './grpc/health_pb.js';

/** Tells whether a service can be used now. */
export type ServiceState = 'serving' | 'not-serving';

/** The name under which health checks ask for the packet path: whether all of it works. */
export const DATAPATH_HEALTH = 'millrace.datapath';

/** Holds the states of the server's services for gRPC's health checks; "" is the server as a whole. */
export class Health {
  readonly #states = new Map<string, ServiceState>();
  readonly #waiting: (() => void)[] = [];

  constructor(services: readonly string[]) {
    for (const service of ['', DATAPATH_HEALTH, ...services]) this.#states.set(service, 'serving');
  }

  /** Sets the state of one service; throws ENOENT for one that the server does not have. */
  set(service: string, state: ServiceState): void {
    if (!this.#states.has(service)) throw unknownService(service);
    this.#states.set(service, state);
    this.#wake();
  }

  /** Sets the state of all services at once. */
  setAll(state: ServiceState): void {
    for (const service of this.#states.keys()) this.#states.set(service, state);
    this.#wake();
  }

  /** Answers health checks. */
  readonly implementation: ServiceImpl<typeof HealthService> = {
    check: ({ service }) => {
      const status = this.#statusOf(service);
      if (status === undefined) throw unknownService(service);
      return { status };
    },
    list: () => ({
      statuses: Object.fromEntries(
        [...this.#states.keys()].map((service) => [
          service,
          { status: this.#statusOf(service) ?? Status.UNKNOWN },
        ]),
      ),
    }),
    watch: ({ service }, { signal }) => this.#watch(service, signal),
  };

  async *#watch(service: string, signal: AbortSignal) {
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    let last: Status | undefined;
    while (!signal.aborted) {
      const changed = this.#nextChange(); // asked for before the state is read, so that no change is missed
      const status = this.#statusOf(service) ?? Status.SERVICE_UNKNOWN;
      if (status !== last) yield { status };
      last = status;
      await changed;
    }
  }

  #nextChange(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #statusOf(service: string): Status | undefined {
    const state = this.#states.get(service);
    if (state === undefined) return undefined;
    return state === 'serving' ? Status.SERVING : Status.NOT_SERVING;
  }
}

function unknownService(service: string): ApiError {
  return new ApiError('ENOENT', {
    doing: 'checking the health of a service',
    expected: 'the full name of a service of this router',
    received: JSON.stringify(service),
  });
}
