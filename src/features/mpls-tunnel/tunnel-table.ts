import type { Router } from '../../engine/host/router.ts';
import { MAX_WORKERS, WORKER_AREAS } from '../../engine/layout.ts';
import { addressWords } from '../neighbor/index.ts';
import { Places, type PlacesRouter } from '../tunnel/index.ts';
import { MAX_MPLS_TUNNELS } from './layout.ts';
import type { MplsTunnelFunctions } from './table-functions.ts';
import { recordOf, type Tunnel } from './tunnel.ts';

/** What has left by a tunnel. */
export interface TunnelCounters {
  readonly packets: bigint;
  /** With the outer headers. */
  readonly bytes: bigint;
}

/** What the table needs of the router. */
export type TableRouter = Pick<Router, 'tables' | 'region' | 'view'> & PlacesRouter;

/** Most tunnels: each has two records, so that what packets read is never changed; the first place is none's. */
export const MOST_TUNNELS = MAX_MPLS_TUNNELS / 2 - 1;

/** The tunnels in the shared memory: the only caller of datapath/mpls-tunnels.ts. */
export class TunnelTable {
  readonly #router: TableRouter;
  readonly #functions: MplsTunnelFunctions;
  readonly #places: Places;

  constructor(router: TableRouter) {
    this.#router = router;
    this.#functions = router.tables<MplsTunnelFunctions>(['setMplsTunnel', 'setMplsUnderlay']);
    this.#places = new Places(router, { end: MOST_TUNNELS + 1, what: 'a tunnel' });
  }

  /** Takes a place that no packet can name, with counters at zero; undefined when there is none left. */
  take(): number | undefined {
    const slot = this.#places.take();
    if (slot !== undefined) this.#clearCounters(slot);
    return slot;
  }

  /** Writes the record that a tunnel names; no packet may read it yet. */
  write(tunnel: Tunnel): void {
    const { remote, vrf, port, way } = tunnel;
    const family = way.local === undefined ? 0 : remote.family === 'ipv4' ? 4 : 6;
    const local = addressWords(way.local ?? remote);
    const far = addressWords(remote);
    const words = [local.low, local.high, far.low, far.high] as const;
    this.#functions.setMplsTunnel(recordOf(tunnel), family, vrf, port, ...words);
  }

  /** Gives a place back that no next hop names any more: it is used again when no packet can read it. */
  retire(slot: number): void {
    this.#places.retire(slot);
  }

  /** Says whether labels that come in a VRF are taken. */
  setUnderlay(vrf: number, on: boolean): void {
    this.#functions.setMplsUnderlay(vrf, on ? 1 : 0);
  }

  /** What has left by a tunnel, added up over all workers. */
  counters(slot: number): TunnelCounters {
    let packets = 0n;
    let bytes = 0n;
    for (const address of this.#counterAddresses(slot)) {
      packets += this.#router.view.getBigUint64(address, true);
      bytes += this.#router.view.getBigUint64(address + 8, true);
    }
    return { packets, bytes };
  }

  #clearCounters(slot: number): void {
    for (const address of this.#counterAddresses(slot)) {
      this.#router.view.setBigUint64(address, 0n, true);
      this.#router.view.setBigUint64(address + 8, 0n, true);
    }
  }

  *#counterAddresses(slot: number): Generator<number> {
    const stride = this.#router.region('WORKER_STRIDE');
    const offset = this.#router.region('MPLS_TUNNEL_STATS_OFFSET');
    for (let worker = 0; worker < MAX_WORKERS; worker++) {
      for (const side of [0, 1] as const) {
        yield WORKER_AREAS + worker * stride + offset + recordOf({ slot, side }) * COUNTERS_BYTES;
      }
    }
  }
}

const COUNTERS_BYTES = 16;
