import { createClient, type Transport } from '@connectrpc/connect';
import { RouteService } from '../src/features/ip/ip_pb.js';
import { addressToBytes } from '../src/net/address.ts';
import { parsePrefix } from '../src/net/prefix.ts';
import { BenchError } from './bench-error.ts';
import { neighborId } from './peers/router-script.ts';
import type { Family, Route } from './workload.ts';

const batchRoutes = 10_000;

interface Batch {
  readonly family: Family;
  readonly prefixes: Uint8Array;
  readonly nexthopIds: number[];
}

/** Many routes of one family, encoded once, that the router's API adds or withdraws in one stream. */
export class RouteLoader {
  readonly count: number;
  readonly #batches: readonly Batch[];

  /** The router has the neighbours as next hops (`neighborLines`). */
  constructor(family: Family, routes: readonly Route[]) {
    this.count = routes.length;
    this.#batches = Array.from({ length: Math.ceil(routes.length / batchRoutes) }, (_, index) => {
      const batch = routes.slice(index * batchRoutes, (index + 1) * batchRoutes);
      return {
        family,
        prefixes: encodePrefixes(batch, family),
        nexthopIds: batch.map(({ neighbor }) => neighborId(family, neighbor)),
      };
    });
  }

  /** Adds all; resolves to the seconds it took. @throws BenchError when one was not added, or was there before */
  async add(transport: Transport): Promise<number> {
    const startMs = performance.now();
    const { added, failures } = await createClient(RouteService, transport).addRoutes(this.#stream());
    this.#check('added', added, failures[0]);
    return (performance.now() - startMs) / 1000;
  }

  /** Withdraws all; resolves to the seconds it took. @throws BenchError when one was not there */
  async withdraw(transport: Transport): Promise<number> {
    const startMs = performance.now();
    const { deleted, failures } = await createClient(RouteService, transport).deleteRoutes(this.#stream());
    this.#check('withdrawn', deleted, failures[0]);
    return (performance.now() - startMs) / 1000;
  }

  async *#stream() {
    yield* this.#batches;
  }

  #check(what: string, done: number, failure: { readonly reason: string } | undefined): void {
    if (done === this.count) return;
    const first = failure === undefined ? '' : `; the first failure: ${failure.reason}`;
    throw new BenchError('BENCH_ROUTES', `expected ${this.count} routes ${what}, got ${done}${first}`);
  }
}

// The address in network order, then the length of the prefix.
function encodePrefixes(batch: readonly Route[], family: Family): Uint8Array {
  const recordBytes = family === 'ipv4' ? 5 : 17;
  const bytes = new Uint8Array(batch.length * recordBytes);
  batch.forEach(({ destination }, index) => {
    const { address, length } = parsePrefix(destination);
    bytes.set(addressToBytes(address), index * recordBytes);
    bytes[(index + 1) * recordBytes - 1] = length;
  });
  return bytes;
}
