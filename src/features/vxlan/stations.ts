import { ApiError } from '../../engine/api-error.ts';
import { formatMac, isUnicastMac, type Mac } from '../../net/mac.ts';
import type { FdbEntry, OwnStations } from '../bridge/index.ts';
import { macWord } from '../neighbor/index.ts';
import type { FarEnd, FarEnds, TunnelRouter } from './far-ends.ts';
import { MAX_KEYS } from './layout.ts';

/** Where stations are that routed tunnels lead to: named by users, or learnt from their frames for as long as they send some. */
export class Stations implements OwnStations {
  readonly #table: Table;
  readonly #farEnds: Pick<FarEnds, 'use' | 'release'>;
  readonly #byKey = new Map<string, Kept>();
  readonly #nowMs: () => number;
  /** Far ends of the stations that users have named, by interface and MAC address. */
  readonly #named = new Map<number, Map<string, number>>();
  #onNamed: () => void = () => undefined;

  constructor(
    router: Pick<TunnelRouter, 'tables'>,
    farEnds: Pick<FarEnds, 'use' | 'release'>,
    nowMs: () => number,
  ) {
    this.#farEnds = farEnds;
    this.#nowMs = nowMs;
    this.#table = router.tables<Table>(['putVxlanStation', 'dropVxlanStation', 'takeVxlanStationHeard']);
  }

  /** How many are known. */
  get size(): number {
    return this.#byKey.size;
  }

  /** Writes all of them again for a build that has them elsewhere. */
  rewrite(): void {
    for (const { iface, mac, far } of this.#byKey.values())
      if (this.#table.putVxlanStation(iface, macWord(mac), far) === 0)
        throw new Error(`there is no room for the station ${formatMac(mac)}`);
  }

  /** Says whom to tell when a user has said where a station is, or takes it back. */
  onNamed(changed: () => void): void {
    this.#onNamed = changed;
  }

  /** Names of the far ends that users have said stations of an interface are behind. */
  farEndsOf(iface: number): readonly number[] {
    return [...(this.#named.get(iface)?.values() ?? [])];
  }

  *list(): Generator<FdbEntry & { readonly ageS: number }> {
    for (const { iface, mac, far, origin, seenMs } of this.#byKey.values()) {
      const ageS = Math.floor((this.#nowMs() - seenMs) / 1000);
      yield { bridge: iface, mac, vlan: 0, iface, far, origin, ageS };
    }
  }

  put(doing: string, { iface, mac, far }: { iface: number; mac: Mac; far: number }): void {
    if (!isUnicastMac(mac)) {
      const expected = 'the MAC address of one station';
      throw new ApiError('EINVAL', { doing, expected, received: formatMac(mac) });
    }
    if (this.#put({ iface, mac, far, origin: 'static' })) return;
    const expected = `room for one more of ${MAX_KEYS} stations`;
    throw new ApiError('ENOSPC', { doing, expected, received: 'none left' });
  }

  /** A station has sent something by a far end; what a user has said stays, and what there is no room for is flooded. */
  learn(iface: number, mac: Mac, { name }: FarEnd): void {
    const known = this.#byKey.get(keyOf(iface, mac));
    if (known?.origin === 'static' || (!known && this.size >= MAX_LEARNT)) return;
    this.#put({ iface, mac, far: name, origin: 'learn' });
  }

  /** Forgets those that were learnt and have been silent. */
  tick(): void {
    for (const kept of [...this.#byKey.values()]) {
      if (this.#table.takeVxlanStationHeard(kept.iface, macWord(kept.mac)) !== 0) kept.seenMs = this.#nowMs();
      if (kept.origin === 'learn' && this.#nowMs() - kept.seenMs > AGEING_MS)
        this.remove(kept.iface, kept.mac);
    }
  }

  /** Forgets those of an interface, all or those that were learnt. */
  forget(iface: number, which: 'all' | 'learn'): void {
    for (const kept of [...this.#byKey.values()])
      if (kept.iface === iface && (which === 'all' || kept.origin === 'learn')) this.remove(iface, kept.mac);
  }

  remove(iface: number, mac: Mac): boolean {
    const kept = this.#byKey.get(keyOf(iface, mac));
    if (!kept) return false;
    this.#table.dropVxlanStation(iface, macWord(mac));
    this.#byKey.delete(keyOf(iface, mac));
    if (kept.origin === 'static') this.#unname(kept);
    this.#farEnds.release(kept.far);
    return true;
  }

  #put(station: Station): boolean {
    const { iface, mac, far } = station;
    const key = keyOf(iface, mac);
    const before = this.#byKey.get(key);
    if (!before && this.size >= MAX_KEYS) return false;
    if (this.#table.putVxlanStation(iface, macWord(mac), far) === 0) return false;
    this.#farEnds.use(far);
    if (before) this.#farEnds.release(before.far);
    this.#byKey.set(key, { ...station, seenMs: this.#nowMs() });
    if (station.origin === 'static') this.#name(station);
    return true;
  }

  #name({ iface, mac, far }: Station): void {
    const named = this.#named.get(iface) ?? new Map();
    this.#named.set(iface, named.set(formatMac(mac), far));
    this.#onNamed();
  }

  #unname({ iface, mac }: Station): void {
    const named = this.#named.get(iface);
    named?.delete(formatMac(mac));
    if (named?.size === 0) this.#named.delete(iface);
    this.#onNamed();
  }
}

interface Station {
  readonly iface: number;
  readonly mac: Mac;
  /** The name of its far end. */
  readonly far: number;
  readonly origin: 'static' | 'learn';
}

interface Kept extends Station {
  /** When it was last found to have been heard. */
  seenMs: number;
}

/** Most stations with those that are learnt: users can name more. */
const MAX_LEARNT = 16384;
/** How long a station is remembered that sends nothing: what bridges have as their default, too (IEEE 802.1Q 8.8.3). */
const AGEING_MS = 300_000;

function keyOf(iface: number, mac: Mac): string {
  return `${iface} ${formatMac(mac)}`;
}

interface Table {
  putVxlanStation(iface: number, mac: bigint, farEnd: number): number;
  dropVxlanStation(iface: number, mac: bigint): number;
  takeVxlanStationHeard(iface: number, mac: bigint): number;
}
