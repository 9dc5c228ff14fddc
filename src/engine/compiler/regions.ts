import {
  MAX_WORKERS,
  PACKET_BUFFERS,
  TABLES_END,
  WORKER_AREA_BYTES,
  WORKER_AREAS,
  WORKER_ENGINE_BYTES,
} from '../layout.ts';
import type { TableLayout } from './table-layouts.ts';

/** Where a build has a table: in the shared memory, or in each worker's area at an offset. */
export interface TablePlace {
  readonly address: number;
  readonly bytes: number;
  readonly perWorker: boolean;
  /** Fingerprint of what lies in it: a build that agrees in it, and in the address, finds the table as it is. */
  readonly layout: string;
}

/** The tables of a build by their names. */
export type TablePlaces = Readonly<Record<string, TablePlace>>;

/**
 * Gives every table its place. A build that is to take over from another one is laid out beside that one's tables: it
 * has those that agree at the same places, and the others where the other build has none.
 *
 * @throws Error when there is no room left
 */
export function placeTables(layouts: readonly TableLayout[], beside: TablePlaces = {}): TablePlaces {
  const kept = layouts.filter((table) => agrees(table, beside[table.name]));
  const taken = (perWorker: boolean) =>
    Object.values(beside).filter((place) => place.perWorker === perWorker);
  const shared = new Room('the tables', FIRST_TABLE, TABLES_END, taken(false));
  const ofWorkers = new Room('the tables of a worker', WORKER_ENGINE_BYTES, WORKER_AREA_BYTES, taken(true));
  return Object.fromEntries(
    layouts.map(({ name, ...table }) => {
      const known = kept.some((each) => each.name === name) ? beside[name]?.address : undefined;
      const address = known ?? (table.perWorker ? ofWorkers : shared).take(table.bytes);
      return [name, { ...table, address }];
    }),
  );
}

/** The addresses by the names that the datapath has for them, with WORKER_STRIDE and the ARENA's bounds. */
export function regionsOf(tables: TablePlaces): Map<string, number> {
  const named = Object.entries(tables).map(
    ([name, { address, perWorker }]) => [perWorker ? `${name}_OFFSET` : name, address] as const,
  );
  return new Map([
    ...named,
    ['WORKER_STRIDE', WORKER_AREA_BYTES],
    ['ARENA', TABLES_END],
    ['ARENA_END', PACKET_BUFFERS],
  ]);
}

/** Tells whether two places have a byte in common. */
export function overlap(left: TablePlace, right: TablePlace): boolean {
  if (left.perWorker !== right.perWorker) return false;
  return left.address < right.address + right.bytes && right.address < left.address + left.bytes;
}

const ALIGNMENT = 65536;
const FIRST_TABLE = WORKER_AREAS + (MAX_WORKERS + 1) * WORKER_AREA_BYTES;

function agrees(table: TableLayout, place: TablePlace | undefined): boolean {
  return place?.layout === table.layout && place.perWorker === table.perWorker;
}

/** A stretch of memory that tables are laid in, each at the first place that has room. */
class Room {
  readonly #name: string;
  readonly #end: number;
  #next: number;
  readonly #taken: readonly TablePlace[];

  constructor(name: string, start: number, end: number, taken: readonly TablePlace[]) {
    this.#name = name;
    this.#end = end;
    this.#next = start;
    this.#taken = taken.toSorted((a, b) => a.address - b.address);
  }

  /** The first place behind the last one where nothing is in the way. */
  take(bytes: number): number {
    const wanted = align(bytes);
    for (const { address, bytes: taken } of this.#taken)
      if (address < this.#next + wanted && this.#next < address + taken) this.#next = align(address + taken);
    const place = this.#next;
    this.#next += wanted;
    if (this.#next <= this.#end) return place;
    throw new Error(`${this.#name} need room up to ${this.#next}, and ${this.#end} is the most`);
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
