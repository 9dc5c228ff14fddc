import { ApiError } from '../../engine/api-error.ts';
import type { Punt } from '../../engine/host/punts.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { formatMac, isUnicastMac, sameMac } from '../../net/mac.ts';
import type { Interfaces } from '../interface/index.ts';
import { FarEndTypes } from './far-end-types.ts';
import type { FarEnds, FdbEntry, FdbListener, FdbOrigin, OwnStations, Station } from './fdb-entry.ts';
import { type FdbTable, type PlacedEntry, readEntry } from './fdb-table.ts';
import { MAX_FDB_ENTRIES } from './layout.ts';

/** What entries are looked for by; what is absent does not matter. */
export interface FdbFilter {
  readonly bridge?: number;
  readonly iface?: number;
  readonly mac?: FdbEntry['mac'];
  readonly origin?: FdbOrigin;
}

/** Where the stations of all bridges are: the one writer of the table that packets are looked up in. */
export class Fdb {
  readonly #router: Pick<Router, 'emit' | 'log'>;
  readonly #interfaces: Pick<Interfaces, 'find'>;
  readonly #table: FdbTable;
  readonly #nowMs: () => number;
  /** What members with far ends tell of them. */
  readonly farEnds = new FarEndTypes();
  readonly #listeners: FdbListener[] = [];
  readonly #perBridge = new Map<number, number>();
  #size = 0;
  #max = MAX_FDB_ENTRIES;
  /** It has been said that there is no more room. */
  #saidFull = false;

  constructor(
    router: Pick<Router, 'emit' | 'log' | 'onPunt'>,
    parts: {
      readonly interfaces: Pick<Interfaces, 'find'>;
      readonly table: FdbTable;
      readonly nowMs: () => number;
    },
  ) {
    this.#router = router;
    this.#interfaces = parts.interfaces;
    this.#table = parts.table;
    this.#nowMs = parts.nowMs;
    this.#writeState();
    router.onPunt('bridge-input', (punt) => this.#onStation(punt));
  }

  /** Says what the far ends of a type of interfaces are; such interfaces have `farEnds`. */
  defineFarEnds(type: string, farEnds: FarEnds): void {
    this.farEnds.define(type, farEnds);
  }

  /** Hears of all entries from now on: who holds something for a far end counts who needs it. */
  listen(listener: FdbListener): void {
    this.#listeners.push(listener);
  }

  /** How all stations are written again for a build that has them elsewhere: only the table knows them. */
  get rewrite(): Rewrite {
    return {
      tables: ['FDB', 'FDB_SEEN', 'FDB_STATE'],
      unknown: ['FDB_SLOTS', 'FDB_HOMES', 'LONGEST_FDB_SEARCH'],
      write: (before) => {
        this.#table.takeOver(before, this.#second);
        this.#writeState();
      },
    };
  }

  /** Stations known now. */
  get size(): number {
    return this.#size;
  }

  /** Stations known in one bridge. */
  sizeOf(bridge: number): number {
    return this.#perBridge.get(bridge) ?? 0;
  }

  /** Most stations of all bridges. */
  get max(): number {
    return this.#max;
  }

  /** Sets the most stations; those that are known beyond it stay until they are forgotten. @throws ApiError EINVAL */
  set max(max: number) {
    if (!Number.isInteger(max) || max < 1 || max > MAX_FDB_ENTRIES) {
      throw new ApiError('EINVAL', {
        doing: 'set the size of the FDB',
        expected: `1 to ${MAX_FDB_ENTRIES} entries`,
        received: String(max),
      });
    }
    this.#max = max;
    this.#noteRoom();
  }

  find(station: Station): FdbEntry | undefined {
    return this.#table.find(station)?.entry;
  }

  /** Says where a station is; a static entry gives way to a static one only. @throws ApiError EINVAL, EBUSY, ENOSPC */
  put(doing: string, entry: FdbEntry): void {
    this.#check(doing, entry);
    const known = this.#table.find(entry);
    if (known?.entry.origin === 'static' && entry.origin !== 'static') {
      const received = `a static one at ${this.#interfaceName(known.entry.iface)}`;
      throw new ApiError('EBUSY', { doing, expected: 'no static entry of the station', received });
    }
    if (this.#put(entry, known)) return;
    throw new ApiError('ENOSPC', { doing, expected: `at most ${this.#max} entries`, received: 'one more' });
  }

  /** Forgets a station; false where it was not known. */
  remove(station: Station): boolean {
    const known = this.#table.find(station);
    if (known) this.#remove(known);
    return known !== undefined;
  }

  /** Forgets all stations behind a far end of a member, for who is about to take it out of use. */
  forgetFar(iface: number, far: number): void {
    this.#removeWhere({ iface }, (entry) => entry.far === far);
  }

  /** Forgets what a filter chooses, and returns how many that were. */
  flush(filter: FdbFilter): number {
    const removed = this.#removeWhere(filter, (entry) => matches(entry, filter));
    return removed + this.farEnds.keepers.reduce((sum, keeper) => sum + flushOwn(keeper, filter), 0);
  }

  /** What is known, in no order, with the seconds since each station was last heard. */
  *list(filter: FdbFilter): Generator<FdbEntry & { readonly ageS: number }> {
    for (
      let place = this.#table.next(0, filter);
      place !== undefined;
      place = this.#table.next(place + 1, filter)
    ) {
      const entry = this.#table.at(place);
      if (matches(entry, filter)) yield { ...entry, ageS: this.#table.age(place) };
    }
    for (const keeper of this.farEnds.keepers)
      for (const entry of keeper.list()) if (matches(entry, filter)) yield entry;
  }

  /** The column VTEP of an entry. */
  farText({ iface, far }: Pick<FdbEntry, 'iface' | 'far'>): string {
    return this.farEnds.text(this.#interfaces.find(iface), far);
  }

  /** The far end that a user has written. @throws ApiError EINVAL */
  farNamed(doing: string, iface: number, text: string): number {
    return this.farEnds.parse(doing, this.#interfaces.find(iface), text);
  }

  /** Forgets stations that have been silent for too long; to be called every second. */
  tick(): void {
    this.#writeState();
    if (this.#size === 0) return;
    let place = this.#table.nextSilent(0);
    while (place !== undefined) {
      this.#remove({ place, entry: this.#table.at(place) });
      place = this.#table.nextSilent(place); // another station may have moved up to the place
    }
  }

  /** A worker has heard a station where the table does not say that it is. */
  #onStation({ data }: Punt): void {
    const heard = readEntry(data.getBigUint64(0, true), data.getBigUint64(8, true));
    const bridge = this.#interfaces.find(heard.bridge);
    if (this.#interfaces.find(heard.iface)?.domain !== heard.bridge || !bridge) return;
    if (sameMac(heard.mac, bridge.mac)) return;
    const known = this.#table.find(heard);
    if (known?.entry.origin === 'static') return;
    this.#put(heard, known);
  }

  #put(entry: FdbEntry, known: PlacedEntry | undefined): boolean {
    if (known && isSame(known.entry, entry)) return true;
    if (!known && this.#size >= this.#max) {
      this.#sayFull();
      return false;
    }
    if (!this.#table.put(entry)) return false;
    if (!known) this.#count(entry.bridge, 1);
    const moved = known !== undefined;
    this.#router.emit({ type: moved ? 'fdb move' : 'fdb add', text: this.#describe(entry) });
    for (const listener of this.#listeners) listener.added?.(entry, known?.entry);
    return true;
  }

  #remove({ place, entry }: PlacedEntry): void {
    this.#table.remove(place);
    this.#count(entry.bridge, -1);
    this.#router.emit({ type: 'fdb del', text: this.#describe(entry) });
    for (const listener of this.#listeners) listener.removed?.(entry);
  }

  #removeWhere(filter: FdbFilter, chosen: (entry: FdbEntry) => boolean): number {
    let removed = 0;
    let place = this.#table.next(0, filter);
    while (place !== undefined) {
      const entry = this.#table.at(place);
      if (chosen(entry)) {
        this.#remove({ place, entry });
        removed++;
      } else place++;
      place = this.#table.next(place, filter);
    }
    return removed;
  }

  #count(bridge: number, more: number): void {
    this.#size += more;
    const left = this.sizeOf(bridge) + more;
    if (left === 0) this.#perBridge.delete(bridge);
    else this.#perBridge.set(bridge, left);
    this.#noteRoom();
  }

  /** Lets workers tell of strangers only while there is room for them. */
  #noteRoom(): void {
    this.#writeState();
    if (this.#size < this.#max * ROOM_AGAIN) this.#saidFull = false;
  }

  #writeState(): void {
    const full = this.#size >= this.#max && this.#saidFull;
    this.#table.setState(this.#second, full, this.#size);
  }

  get #second(): number {
    return Math.floor(this.#nowMs() / 1000);
  }

  #sayFull(): void {
    if (this.#saidFull) return;
    this.#saidFull = true;
    this.#writeState();
    this.#router.log.warn({ max: this.#max }, 'the FDB is full: no more stations are learnt');
    this.#router.emit({ type: 'fdb full', text: `max=${this.#max}` });
  }

  #check(doing: string, { bridge, mac, vlan, iface }: FdbEntry): void {
    if (!isUnicastMac(mac)) {
      const expected = 'the MAC address of one station';
      throw new ApiError('EINVAL', { doing, expected, received: formatMac(mac) });
    }
    if (vlan < 0 || vlan > 4094) {
      throw new ApiError('EINVAL', { doing, expected: 'a VLAN of 0 to 4094', received: String(vlan) });
    }
    const domain = this.#interfaces.find(bridge);
    if (domain?.type !== 'bridge' || this.#interfaces.find(iface)?.domain !== bridge) {
      const received = this.#interfaceName(iface);
      throw new ApiError('EINVAL', { doing, expected: 'a member of a bridge', received });
    }
    if (sameMac(domain.mac, mac)) {
      const expected = "another station's address";
      throw new ApiError('EINVAL', { doing, expected, received: `that of ${domain.name} itself` });
    }
  }

  #describe(entry: FdbEntry): string {
    const { bridge, mac, vlan, iface, origin } = entry;
    const vtep = this.farText(entry);
    return [
      `bridge=${this.#interfaceName(bridge)}`,
      formatMac(mac),
      ...(vlan ? [`vlan=${vlan}`] : []),
      `iface=${this.#interfaceName(iface)}`,
      ...(vtep ? [`vtep=${vtep}`] : []),
      origin,
    ].join(' ');
  }

  #interfaceName(id: number): string {
    return this.#interfaces.find(id)?.name ?? String(id);
  }
}

/** As much of the table must be free again before the next time it is full is worth saying. */
const ROOM_AGAIN = 0.9;

function isSame(left: FdbEntry, right: FdbEntry): boolean {
  return left.iface === right.iface && left.far === right.far && left.origin === right.origin;
}

function flushOwn(keeper: OwnStations, filter: FdbFilter): number {
  const chosen = [...keeper.list()].filter((entry) => matches(entry, filter));
  return chosen.filter(({ iface, mac }) => keeper.remove(iface, mac)).length;
}

function matches(entry: FdbEntry, { bridge, iface, mac, origin }: FdbFilter): boolean {
  return (
    (bridge === undefined || entry.bridge === bridge) &&
    (iface === undefined || entry.iface === iface) &&
    (mac === undefined || sameMac(entry.mac, mac)) &&
    (origin === undefined || entry.origin === origin)
  );
}
