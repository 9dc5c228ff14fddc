import { formatMac } from '../../net/mac.ts';
import type { TakeFunctions } from '../interface/index.ts';
import type { FdbEntry, FdbOrigin, Station } from './fdb-entry.ts';
import { FDB_EXTERN, FDB_STATIC } from './layout.ts';
import { macOfWord, stationKey } from './words.ts';

/** A station's entry, and the place where it lies. */
export interface PlacedEntry {
  readonly place: number;
  readonly entry: FdbEntry;
}

/** The table of stations in the shared memory, as JavaScript values. The only caller of datapath/fdb-table.ts. */
export class FdbTable {
  readonly #functions: TableFunctions;

  constructor(take: TakeFunctions) {
    this.#functions = take<TableFunctions>(tableFunctions);
    this.#seed();
  }

  /**
   * Takes all stations over from another build's table into the empty one; what each was last heard at stays.
   *
   * @param second the second that it is
   * @throws Error when one finds no room
   */
  takeOver(before: TakeFunctions, second: number): void {
    const from = before<TableFunctions>(tableFunctions);
    this.#seed();
    for (
      let place = from.nextStation(0, 0, 0) >>> 0;
      place !== NO_PLACE;
      place = from.nextStation(place + 1, 0, 0) >>> 0
    ) {
      this.setState(second - from.placeAge(place), false); // a station that is put is heard at that moment
      const entry = readEntry(from.placeKey(place), from.placeValue(place));
      if (!this.put(entry)) throw new Error(`the FDB has no room for station ${formatMac(entry.mac)}`);
    }
  }

  /** Says what second it is, whether there is no room for strangers, and how many stations are known. */
  setState(second: number, full: boolean, stations = 0): void {
    this.#functions.setFdbState(second, full ? 1 : 0, stations);
  }

  find(station: Station): PlacedEntry | undefined {
    const place = this.#functions.findPlace(stationKey(station), station.vlan) >>> 0;
    return place === NO_PLACE ? undefined : { place, entry: this.at(place) };
  }

  /** The entry at a place, which holds one. */
  at(place: number): FdbEntry {
    return readEntry(this.#functions.placeKey(place), this.#functions.placeValue(place));
  }

  /** Seconds since the station at a place was last heard. */
  age(place: number): number {
    return this.#functions.placeAge(place);
  }

  /** Says where a station is; false where the table has no room near the place it belongs to. */
  put(entry: FdbEntry): boolean {
    const { vlan, iface, far, origin } = entry;
    return this.#functions.putStation(stationKey(entry), vlan, iface, far, FLAGS[origin]) >>> 0 !== NO_PLACE;
  }

  /** Forgets the station at a place; another may be there then. */
  remove(place: number): void {
    this.#functions.removeStation(place);
  }

  /** The first station from a place on, of a bridge and a member where they are named. */
  next(from: number, { bridge = 0, iface = 0 }: { bridge?: number; iface?: number }): number | undefined {
    return placeOrNone(this.#functions.nextStation(from, bridge, iface));
  }

  #seed(): void {
    const [seed = 0n] = crypto.getRandomValues(new BigUint64Array(1));
    this.#functions.seedFdb(seed);
  }

  /** The first learnt station from a place on that has been silent for too long. */
  nextSilent(from: number): number | undefined {
    return placeOrNone(this.#functions.nextSilent(from));
  }
}

/** Reads an entry from its two words in the datapath. */
export function readEntry(key: bigint, value: bigint): FdbEntry {
  return {
    bridge: Number((key >> 48n) & 0xffffn),
    mac: macOfWord(key & 0xffffffffffffn),
    vlan: Number((value >> 48n) & 0xfffn),
    iface: Number((value >> 32n) & 0xffffn),
    far: Number(value & 0xffffffffn),
    origin: originOf(Number((value >> 60n) & 15n)),
  };
}

const NO_PLACE = 0xffffffff;
const FLAGS: Readonly<Record<FdbOrigin, number>> = { learn: 0, static: FDB_STATIC, extern: FDB_EXTERN };

function originOf(flags: number): FdbOrigin {
  if (flags & FDB_STATIC) return 'static';
  return flags & FDB_EXTERN ? 'extern' : 'learn';
}

function placeOrNone(place: number): number | undefined {
  return place >>> 0 === NO_PLACE ? undefined : place;
}

interface TableFunctions {
  seedFdb(seed: bigint): void;
  setFdbState(second: number, full: number, stations: number): void;
  findPlace(key: bigint, vlan: number): number;
  putStation(key: bigint, vlan: number, iface: number, far: number, flags: number): number;
  removeStation(place: number): void;
  nextStation(from: number, bridge: number, iface: number): number;
  nextSilent(from: number): number;
  placeKey(place: number): bigint;
  placeValue(place: number): bigint;
  placeAge(place: number): number;
}

const tableFunctions = [
  'seedFdb',
  'setFdbState',
  'findPlace',
  'putStation',
  'removeStation',
  'nextStation',
  'nextSilent',
  'placeKey',
  'placeValue',
  'placeAge',
] as const;
