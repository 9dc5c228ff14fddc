import { addressFromBytes } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';

/** The families as the datapath names them. */
export type FamilyNumber = 4 | 6;

/** A route as the table holds it. */
export interface TableRoute {
  readonly vrf: number;
  readonly prefix: Prefix;
  /** Index of its next hop. */
  readonly nextHop: number;
  /** Number of its origin (origins.ts). */
  readonly origin: number;
}

/** Routes of one table in order, as they were at one moment: its entries, 32 bytes each, read when they are asked for. */
export class RoutePage {
  readonly #table: { readonly vrf: number; readonly family: FamilyNumber };
  readonly #bytes: Uint8Array;

  constructor(table: { readonly vrf: number; readonly family: FamilyNumber }, bytes: Uint8Array) {
    this.#table = table;
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length / ENTRY_BYTES;
  }

  /** The routes from one place on to another. */
  slice(from: number, to: number): TableRoute[] {
    const count = Math.max(0, Math.min(to, this.length) - from);
    return Array.from({ length: count }, (_, i) => this.#read(from + i));
  }

  #read(place: number): TableRoute {
    const { vrf, family } = this.#table;
    return routeAt({ bytes: this.#bytes, at: place * ENTRY_BYTES, vrf, family });
  }
}

/** Reads an entry (RibEntry of datapath/rib.ts). */
export function routeAt(entry: {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly vrf: number;
  readonly family: FamilyNumber;
}): TableRoute {
  const { bytes, at, vrf, family } = entry;
  const address = addressFromBytes(bytes.slice(at, at + (family === 6 ? 16 : 4)));
  return {
    vrf,
    prefix: { address, length: bytes[at + ENTRY_LENGTH] ?? 0 },
    nextHop: nextHopAt(bytes, at),
    origin: bytes[at + ENTRY_ORIGIN] ?? 0,
  };
}

/** The next hop of an entry; undefined where the entry is free. */
export function usedNextHopAt(bytes: Uint8Array, at: number): number | undefined {
  return bytes[at + ENTRY_USED] === 0 ? undefined : nextHopAt(bytes, at);
}

export const ENTRY_BYTES = 32;
const ENTRY_NEXT_HOP = 16;
const ENTRY_LENGTH = 20;
const ENTRY_ORIGIN = 21;
const ENTRY_USED = 22;

function nextHopAt(bytes: Uint8Array, at: number): number {
  const word = at + ENTRY_NEXT_HOP;
  const high = ((bytes[word + 3] ?? 0) << 24) >>> 0;
  return high + (((bytes[word + 2] ?? 0) << 16) | ((bytes[word + 1] ?? 0) << 8) | (bytes[word] ?? 0));
}
