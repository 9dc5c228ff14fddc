import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../../api-error.ts';
import type { Graph } from '../../compiler/graph.ts';
import { EndedPackets } from './ended-packets.ts';
import type { TelemetrySource } from './source.ts';
import { TraceReader } from './trace-reader.ts';
import type { TraceRecord } from './trace-ring.ts';
import type { Tracing } from './tracing.ts';

/** What those who follow traces need. */
export interface TraceFollowersOptions {
  readonly source: TelemetrySource;
  readonly graph: Graph;
  readonly tracing: Tracing;
}

/** Those who follow traces: each for itself, and packets leave traces for as long as one of them reads. */
export class TraceFollowers {
  readonly #options: TraceFollowersOptions;
  readonly #owners = new Set<string>();
  #count = 0;

  constructor(options: TraceFollowersOptions) {
    this.#options = options;
  }

  /**
   * Traces an interface or, without an id, all, until the signal aborts; gives the records of packets as their ways end,
   * and nothing at first, when it has begun. @throws ApiError EBUSY
   */
  async *follow(iface: number | undefined, signal: AbortSignal) {
    const { source, graph, tracing } = this.#options;
    if (this.#owners.size >= MOST_FOLLOWERS) throw tooMany();
    const owner = `follower ${++this.#count}`;
    const packets = new EndedPackets(new TraceReader(source), graph);
    packets.clear();
    this.#owners.add(owner);
    tracing.enable(owner, iface);
    try {
      yield [];
      while (!signal.aborted) {
        const ended: readonly (readonly TraceRecord[])[] = packets.take();
        if (ended.length > 0) yield ended;
        else await delay(POLL_MS, undefined, { signal }).catch(() => {});
      }
    } finally {
      tracing.forget(owner);
      this.#owners.delete(owner);
    }
  }
}

const POLL_MS = 20;
/** Each reads all rings. */
const MOST_FOLLOWERS = 16;

function tooMany(): ApiError {
  return new ApiError('EBUSY', {
    doing: 'following traces',
    expected: `at most ${MOST_FOLLOWERS} who follow at once`,
    received: 'one more',
  });
}
