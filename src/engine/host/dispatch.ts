import type { Datapath } from './datapath.ts';
import { nodeNamed } from './datapath.ts';

/** An entry of a dispatch table: packets of this kind go to this stage. */
export interface DispatchEntry {
  /** The table's name, as stages name it by `@table`. */
  readonly table: string;
  /** What chooses the entry, in words: "0x0800", "icmp", "VRF". */
  readonly key: string;
  readonly stage: string;
}

/** Who takes what: the entries that features put into each other's dispatch tables, for the graph and for a swap. */
export class Dispatch {
  readonly #datapath: Datapath;
  readonly #view: DataView;
  readonly #entries = new Map<string, DispatchEntry & { readonly address?: number }>();

  constructor(datapath: Datapath, view: DataView) {
    this.#datapath = datapath;
    this.#view = view;
  }

  /** Writes a stage's id (u16) into a table at `address`. */
  set(entry: DispatchEntry, address: number): void {
    this.#view.setUint16(address, nodeNamed(this.#datapath.info, entry.stage).id, true);
    this.#entries.set(`${entry.table} ${entry.key}`, { ...entry, address });
  }

  /** Takes an entry back: nobody takes packets of its kind. */
  clear({ table, key }: Omit<DispatchEntry, 'stage'>, address: number): void {
    this.#view.setUint16(address, 0, true);
    this.#entries.delete(`${table} ${key}`);
  }

  /** Notes an entry whose id lies in many records (interfaces, next hops), which their owner writes. */
  note(entry: DispatchEntry): void {
    this.#entries.set(`${entry.table} ${entry.key}`, entry);
  }

  /** All entries, by table and key. */
  get entries(): readonly DispatchEntry[] {
    return [...this.#entries.values()].map(({ table, key, stage }) => ({ table, key, stage }));
  }
}
