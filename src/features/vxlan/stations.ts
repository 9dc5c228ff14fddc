import { formatMac, type Mac } from '../../net/mac.ts';
import { macWord } from '../neighbor/index.ts';
import type { FarEnd, TunnelRouter } from './far-ends.ts';

/** Where stations are that routed tunnels lead to: learnt from their frames, for as long as they send some. */
export class Stations {
  readonly #table: Table;
  readonly #byKey = new Map<string, Kept>();
  readonly #nowMs: () => number;

  constructor(router: Pick<TunnelRouter, 'tables'>, nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#table = router.tables<Table>(['putVxlanStation', 'dropVxlanStation', 'vxlanStationUsed']);
  }

  /** How many are known. */
  get size(): number {
    return this.#byKey.size;
  }

  /** A station of an interface has sent something by a far end; what there is no room for is flooded. */
  learn(iface: number, mac: Mac, { name }: FarEnd): void {
    const key = keyOf(iface, mac);
    if (!this.#byKey.has(key) && this.#byKey.size >= MAX_STATIONS) return;
    const word = macWord(mac);
    if (this.#table.putVxlanStation(iface, word, name) === 0) return;
    this.#byKey.set(key, { iface, mac, word, seen: 0, seenMs: this.#nowMs() });
  }

  /** Forgets those that have been silent. */
  tick(): void {
    for (const kept of [...this.#byKey.values()]) {
      const seen = this.#table.vxlanStationUsed(kept.iface, kept.word);
      if (seen !== kept.seen) Object.assign(kept, { seen, seenMs: this.#nowMs() });
      if (this.#nowMs() - kept.seenMs > AGEING_MS) this.#remove(kept);
    }
  }

  /** Forgets all of an interface. */
  forget(iface: number): void {
    for (const kept of [...this.#byKey.values()]) if (kept.iface === iface) this.#remove(kept);
  }

  #remove({ iface, mac, word }: Kept): void {
    this.#table.dropVxlanStation(iface, word);
    this.#byKey.delete(keyOf(iface, mac));
  }
}

interface Kept {
  readonly iface: number;
  readonly mac: Mac;
  readonly word: bigint;
  /** What the datapath has noted of its use, and when that was another number. */
  seen: number;
  seenMs: number;
}

/** Most stations of all routed tunnels together. */
const MAX_STATIONS = 16384;
/** How long a station is remembered that sends nothing: what bridges have as their default, too (IEEE 802.1Q 8.8.3). */
const AGEING_MS = 300_000;

function keyOf(iface: number, mac: Mac): string {
  return `${iface} ${formatMac(mac)}`;
}

interface Table {
  putVxlanStation(iface: number, mac: bigint, farEnd: number): number;
  dropVxlanStation(iface: number, mac: bigint): number;
  vxlanStationUsed(iface: number, mac: bigint): number;
}
