import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { addressToBytes, type IpAddress } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import {
  ENTRY_BYTES,
  type FamilyNumber,
  RoutePage,
  routeAt,
  type TableRoute,
  usedNextHopAt,
} from './route-page.ts';

/** What became of a route, and the next hop and origin it had before (zero for none). */
export interface RouteChange {
  readonly outcome: 'full' | 'added' | 'replaced' | 'removed' | 'missing' | 'kept';
  readonly before: number;
  readonly beforeOrigin: number;
}

/** The most routes, and blocks of 256 forwarding entries, that a table may hold. */
export interface TableLimits {
  readonly routes: number;
  readonly blocks: number;
}

/** A batch of routes of one VRF and family: records of an address and its prefix length, packed. */
export interface RouteBatch {
  readonly vrf: number;
  readonly family: FamilyNumber;
  readonly records: Uint8Array;
  readonly origin: number;
}

interface RouteFunctions {
  hookIp(): void;
  openNoRoutes(): number;
  openRoutes(vrf: number, limit4: number, blocks4: number, limit6: number, blocks6: number): number;
  countBlocks(vrf: number, family: number): number;
  closeRoutes(vrf: number): void;
  limitRoutes(vrf: number, family: number, limit: number, blocks: number): number;
  countRoutes(vrf: number, family: number): number;
  setRoute(vrf: number, family: number, length: number, nextHop: number, origin: number): number;
  clearRoute(vrf: number, family: number, length: number): number;
  replacedNextHop(): number;
  replacedOrigin(): number;
  exactRoute(vrf: number, family: number, length: number): number;
  longestRoute(vrf: number, family: number): number;
  routeEntries(vrf: number, family: number): number;
  routeCapacity(vrf: number, family: number): number;
  pageRoutes(vrf: number, family: number, length: number, most: number): number;
  setRoutes(
    vrf: number,
    family: number,
    records: number,
    nextHops: number,
    count: number,
    origin: number,
  ): void;
  clearRoutes(
    vrf: number,
    family: number,
    records: number,
    outcomes: number,
    count: number,
    kept: number,
  ): void;
  refillRoutes(): number;
  retireRoutes(): void;
}

/** Routes of a page: each is looked for in the whole table, and lies in memory for as long as a client reads it. */
export const PAGE_ROUTES = 8192;
/** Routes one call of `setMany` takes at most. */
export const BATCH_MAX = 65536;

/** The route tables in the shared memory, as JavaScript values. The only caller of datapath/routes.ts. */
export class RouteTables {
  readonly #memory: Uint8Array;
  readonly #scratch: number;
  readonly #functions: RouteFunctions;

  constructor(router: Pick<Router, 'memory' | 'region' | 'tables'>) {
    this.#memory = router.memory;
    this.#scratch = router.region('ROUTE_SCRATCH');
    this.#functions = router.tables<RouteFunctions>(functionNames);
    this.#functions.hookIp();
    this.#functions.openNoRoutes();
  }

  /** How the forwarding tables are filled again, from the routes, for a build that has them elsewhere. */
  get rewrites(): readonly Rewrite[] {
    return [
      { tables: ['NEXT_HOPS'], write: () => this.#functions.hookIp() },
      {
        tables: ['FIB4_ROOTS', 'FIB6_ROOTS'],
        unknown: ['FIB_NEXT_HOP_MASK', 'FIB_DEPTH_SHIFT'],
        write: () => {
          if (this.#functions.refillRoutes() === 0)
            throw new Error('no memory is left for a second table of routes');
        },
        release: (before) => before<RouteFunctions>(['retireRoutes']).retireRoutes(),
      },
    ];
  }

  /** Makes the tables of a VRF; false when there is no memory left for them. */
  open(vrf: number, ipv4: TableLimits, ipv6: TableLimits): boolean {
    return this.#functions.openRoutes(vrf, ipv4.routes, ipv4.blocks, ipv6.routes, ipv6.blocks) !== 0;
  }

  close(vrf: number): void {
    this.#functions.closeRoutes(vrf);
  }

  /** Sets how much a table may hold; false when it holds more. */
  limit(vrf: number, family: FamilyNumber, { routes, blocks }: TableLimits): boolean {
    return this.#functions.limitRoutes(vrf, family, routes, blocks) !== 0;
  }

  /** Blocks of 256 entries in a forwarding table. */
  blocks(vrf: number, family: FamilyNumber): number {
    return this.#functions.countBlocks(vrf, family);
  }

  count(vrf: number, family: FamilyNumber): number {
    return this.#functions.countRoutes(vrf, family);
  }

  /** Adds or replaces a route; packets follow it when this returns. */
  set(vrf: number, prefix: Prefix, nextHop: number, origin: number): RouteChange {
    this.#place(prefix.address);
    const code = this.#functions.setRoute(vrf, familyOf(prefix.address), prefix.length, nextHop, origin);
    return this.#change(outcomes[code] ?? 'full');
  }

  /** Removes a route. */
  clear(vrf: number, prefix: Prefix): RouteChange {
    this.#place(prefix.address);
    const removed = this.#functions.clearRoute(vrf, familyOf(prefix.address), prefix.length) !== 0;
    return removed ? this.#change('removed') : { outcome: 'missing', before: 0, beforeOrigin: 0 };
  }

  /** The route of exactly this prefix. */
  exact(vrf: number, prefix: Prefix): TableRoute | undefined {
    this.#place(prefix.address);
    const family = familyOf(prefix.address);
    return this.#read(vrf, family, this.#functions.exactRoute(vrf, family, prefix.length));
  }

  /** The route that a packet to an address takes. */
  longest(vrf: number, address: IpAddress): TableRoute | undefined {
    this.#place(address);
    const family = familyOf(address);
    return this.#read(vrf, family, this.#functions.longestRoute(vrf, family));
  }

  /** The first routes behind a prefix, or of all: at most PAGE_ROUTES, by address and then by length. */
  page(vrf: number, family: FamilyNumber, behind?: Prefix): RoutePage {
    if (behind) this.#place(behind.address);
    const count = this.#functions.pageRoutes(vrf, family, behind?.length ?? -1, PAGE_ROUTES);
    const start = this.#scratch + 64;
    return new RoutePage({ vrf, family }, this.#memory.slice(start, start + count * ENTRY_BYTES));
  }

  /** The routes of a table that lead to wanted next hops, in no order. */
  leadingTo(vrf: number, family: FamilyNumber, isWanted: (nextHop: number) => boolean): TableRoute[] {
    const entries = this.#functions.routeEntries(vrf, family) >>> 0;
    const capacity = this.#functions.routeCapacity(vrf, family);
    const routes: TableRoute[] = [];
    for (let i = 0; i < capacity; i++) {
      const at = entries + i * ENTRY_BYTES;
      const nextHop = usedNextHopAt(this.#memory, at);
      if (nextHop !== undefined && isWanted(nextHop)) routes.push(this.#routeAt(vrf, family, at));
    }
    return routes;
  }

  /** Adds or replaces many routes at once; what became of each, in their order. */
  setMany(batch: RouteBatch, nextHops: Uint32Array): RouteChange[] {
    const { records, words, count } = this.#placeBatch(batch, nextHops);
    this.#functions.setRoutes(batch.vrf, batch.family, records, words, count, batch.origin);
    return this.#outcomes(words, count, ['full', 'added', 'replaced']);
  }

  /** Removes many routes at once, but for those of some origins. */
  clearMany(batch: Omit<RouteBatch, 'origin'>, keptOrigins: readonly number[]): RouteChange[] {
    const { records, words, count } = this.#placeBatch(batch);
    const kept = keptOrigins.reduce((bits, origin) => bits | (1 << origin), 0);
    this.#functions.clearRoutes(batch.vrf, batch.family, records, words, count, kept);
    return this.#outcomes(words, count, ['missing', 'removed', 'removed', 'kept']);
  }

  #change(outcome: RouteChange['outcome']): RouteChange {
    return {
      outcome,
      before: this.#functions.replacedNextHop(),
      beforeOrigin: this.#functions.replacedOrigin(),
    };
  }

  #place(address: IpAddress): void {
    this.#memory.fill(0, this.#scratch, this.#scratch + 16);
    this.#memory.set(addressToBytes(address), this.#scratch);
  }

  /** Lays a batch behind the scratch: its records, then a word for each. */
  #placeBatch(batch: Pick<RouteBatch, 'family' | 'records'>, nextHops?: Uint32Array) {
    const count = batch.records.length / recordBytes(batch.family);
    const records = this.#scratch + 64;
    const words = (records + batch.records.length + 63) & ~63;
    this.#memory.set(batch.records, records);
    if (nextHops) new Uint32Array(this.#memory.buffer, words, count).set(nextHops);
    return { records, words, count };
  }

  #outcomes(words: number, count: number, names: readonly RouteChange['outcome'][]): RouteChange[] {
    const results = new Uint32Array(this.#memory.buffer, words, count);
    return Array.from(results, (word) => ({
      outcome: names[word & 3] ?? 'full',
      before: (word >>> 2) & 0x3fffff,
      beforeOrigin: word >>> 24,
    }));
  }

  #read(vrf: number, family: FamilyNumber, entry: number): TableRoute | undefined {
    const at = entry >>> 0;
    return at === 0 ? undefined : this.#routeAt(vrf, family, at);
  }

  #routeAt(vrf: number, family: FamilyNumber, at: number): TableRoute {
    return routeAt({ bytes: this.#memory, at, vrf, family });
  }
}

/** Bytes of one packed record: the address, then its prefix length. */
export function recordBytes(family: FamilyNumber): number {
  return family === 6 ? 17 : 5;
}

/** The datapath's number of an address's family. */
export function familyOf(address: IpAddress): FamilyNumber {
  return address.family === 'ipv6' ? 6 : 4;
}

const outcomes = ['full', 'added', 'replaced'] as const;

const functionNames = [
  'hookIp',
  'openNoRoutes',
  'openRoutes',
  'closeRoutes',
  'limitRoutes',
  'countRoutes',
  'countBlocks',
  'setRoute',
  'clearRoute',
  'replacedNextHop',
  'replacedOrigin',
  'exactRoute',
  'longestRoute',
  'routeEntries',
  'routeCapacity',
  'pageRoutes',
  'setRoutes',
  'clearRoutes',
  'refillRoutes',
  'retireRoutes',
] as const;
