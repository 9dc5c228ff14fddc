import type { Punt } from '../../engine/host/punts.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import {
  addressWords,
  familyNumber,
  isNeighbor,
  macWord,
  type NextHop,
  type NextHops,
} from '../neighbor/index.ts';
import type { Fdb } from './fdb.ts';
import type { Station } from './fdb-entry.ts';
import { MAX_BRIDGE_NEIGHBORS } from './layout.ts';
import { macOfWord } from './words.ts';

/** Who has which address behind bridges that answer for their stations: the one writer of the table that they answer from. */
export class KnownNeighbors {
  readonly #interfaces: Interfaces;
  readonly #fdb: Fdb;
  readonly #table: NeighborTable;
  readonly #known = new Map<string, Known>();
  /** Addresses that were learnt, by the station that has them: they go with it. */
  readonly #byStation = new Map<string, Set<string>>();

  constructor(
    router: Pick<Router, 'tables' | 'onPunt'>,
    parts: { readonly interfaces: Interfaces; readonly fdb: Fdb; readonly nextHops: NextHops },
  ) {
    this.#interfaces = parts.interfaces;
    this.#fdb = parts.fdb;
    this.#table = router.tables<NeighborTable>(['putBridgeNeighbor', 'removeBridgeNeighbor']);
    router.onPunt('bridge-suppress', (punt) => this.#onHeard(punt));
    parts.fdb.listen({ removed: (entry) => this.#forgetStation(entry) });
    parts.nextHops.listen({
      added: (nextHop) => this.#note(nextHop),
      changed: (before, after) => {
        this.#drop(before);
        this.#note(after);
      },
      removing: (nextHop) => this.#drop(nextHop),
    });
  }

  /** How all that is known is written again for a build that has it elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['BRIDGE_NEIGHBORS'],
      unknown: ['BRIDGE_NEIGHBOR_SLOTS'],
      write: () => {
        for (const { scope, low, high, mac } of this.#known.values())
          if (!this.#table.putBridgeNeighbor(scope, low, high, mac))
            throw new Error('there is no room for an address that a bridge answers for');
      },
    };
  }

  /** How many addresses are known behind a bridge. */
  countOf(bridge: number): number {
    return [...this.#known.values()].filter((each) => each.station.bridge === bridge).length;
  }

  /** Forgets what was learnt behind a bridge, which does not answer for its stations any more. */
  forgetBridge(bridge: number): void {
    for (const known of [...this.#known.values()])
      if (known.station.bridge === bridge && !known.fixed) this.#remove(known);
  }

  /** A worker has heard who has an address; only stations that the bridge knows count. */
  #onHeard({ data }: Punt): void {
    const mac = data.getBigUint64(16, true);
    const scope = data.getUint32(24, true);
    const bridge = scope & 0xffff;
    const station = { bridge, vlan: (scope >>> 16) & 0xfff, mac: macOfWord(mac & MAC_MASK) };
    if (this.#interfaces.find(bridge)?.type !== 'bridge' || !this.#fdb.find(station)) return;
    const address = { low: data.getBigUint64(0, true), high: data.getBigUint64(8, true) };
    this.#put({ ...address, scope, mac, station, fixed: false });
  }

  /** Users say by next hops with a MAC address who has an address on the bridge's link. */
  #note(nextHop: NextHop): void {
    const wanted = this.#ofUser(nextHop);
    if (wanted) this.#put(wanted);
  }

  #drop(nextHop: NextHop): void {
    const wanted = this.#ofUser(nextHop);
    const known = wanted && this.#known.get(keyOf(wanted));
    if (known?.fixed) this.#remove(known);
  }

  #ofUser(nextHop: NextHop): Known | undefined {
    if (!isNeighbor(nextHop) || !nextHop.target.mac) return undefined;
    const { iface: bridge, address, mac } = nextHop.target;
    if (this.#interfaces.find(bridge)?.type !== 'bridge') return undefined;
    const scope = (bridge | (familyNumber(address) << 28)) >>> 0;
    const station = { bridge, vlan: 0, mac };
    return { ...addressWords(address), scope, mac: macWord(mac), station, fixed: true };
  }

  #put(wanted: Known): void {
    const key = keyOf(wanted);
    const before = this.#known.get(key);
    if (before?.fixed && !wanted.fixed) return;
    if (!before && this.#known.size >= MAX_BRIDGE_NEIGHBORS) return;
    if (before) this.#unlink(before);
    if (!this.#table.putBridgeNeighbor(wanted.scope, wanted.low, wanted.high, wanted.mac)) return;
    this.#known.set(key, wanted);
    if (wanted.fixed) return;
    const station = stationText(wanted.station);
    this.#byStation.set(station, (this.#byStation.get(station) ?? new Set()).add(key));
  }

  #forgetStation(station: Station): void {
    for (const key of [...(this.#byStation.get(stationText(station)) ?? [])]) {
      const known = this.#known.get(key);
      if (known) this.#remove(known);
    }
  }

  #remove(known: Known): void {
    this.#table.removeBridgeNeighbor(known.scope, known.low, known.high);
    this.#known.delete(keyOf(known));
    this.#unlink(known);
  }

  #unlink(known: Known): void {
    const station = stationText(known.station);
    const keys = this.#byStation.get(station);
    keys?.delete(keyOf(known));
    if (keys?.size === 0) this.#byStation.delete(station);
  }
}

/** Who has an address: in the datapath's words, and as a station. */
interface Known {
  readonly scope: number;
  readonly low: bigint;
  readonly high: bigint;
  readonly mac: bigint;
  readonly station: Station;
  /** A user has said it. */
  readonly fixed: boolean;
}

const MAC_MASK = 0xffffffffffffn;

function keyOf({ scope, low, high }: Known): string {
  return `${scope} ${low} ${high}`;
}

function stationText({ bridge, vlan, mac }: Station): string {
  return `${bridge} ${vlan} ${mac.value}`;
}

interface NeighborTable {
  putBridgeNeighbor(scope: number, low: bigint, high: bigint, mac: bigint): number;
  removeBridgeNeighbor(scope: number, low: bigint, high: bigint): void;
}
