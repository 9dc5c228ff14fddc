import type { Router } from '../../engine/host/router.ts';
import { MAX_WORKERS, WORKER_AREAS } from '../../engine/layout.ts';
import type { Interface } from './interface.ts';
import type { Interfaces } from './interfaces.ts';

/** What an interface has counted since it was added. */
export interface InterfaceCounters {
  readonly rxPackets: bigint;
  readonly rxBytes: bigint;
  readonly rxDrops: bigint;
  readonly txPackets: bigint;
  readonly txBytes: bigint;
  readonly txErrors: bigint;
}

/** Packets exchanged with the host through an interface's representor. */
export interface ControlPlaneCounters {
  rxPackets: bigint;
  rxBytes: bigint;
  txPackets: bigint;
  txBytes: bigint;
}

/** Adds up what all workers have counted of interfaces. */
export class InterfaceCounting {
  readonly #router: Router;
  readonly #interfaces: Interfaces;
  readonly #controlPlane = new Map<number, ControlPlaneCounters>();

  constructor(router: Router, interfaces: Interfaces) {
    this.#router = router;
    this.#interfaces = interfaces;
    interfaces.listen({ removing: (iface) => this.#forget(iface) });
  }

  /** Counters of an interface: the workers' own and those of its device. */
  of(iface: Interface): InterfaceCounters {
    const device = this.#interfaces.deviceCounters(iface);
    const [rxPackets = 0n, rxBytes = 0n, rxDrops = 0n, txPackets = 0n, txBytes = 0n, txErrors = 0n] =
      this.#sum(iface.id);
    return {
      rxPackets,
      rxBytes,
      rxDrops: rxDrops + device.rxDrops,
      txPackets,
      txBytes,
      txErrors: txErrors + device.txErrors,
    };
  }

  /** The counters that an interface's representor keeps. */
  controlPlane(id: number): ControlPlaneCounters {
    const kept = this.#controlPlane.get(id) ?? { rxPackets: 0n, rxBytes: 0n, txPackets: 0n, txBytes: 0n };
    this.#controlPlane.set(id, kept);
    return kept;
  }

  /** The six words of an interface's record, added up over all workers. */
  #sum(id: number): bigint[] {
    const stride = this.#router.region('WORKER_STRIDE');
    const offset = this.#router.region('INTERFACE_STATS_OFFSET') + id * RECORD_BYTES;
    const sums = [0n, 0n, 0n, 0n, 0n, 0n];
    for (let worker = 0; worker < MAX_WORKERS; worker++) {
      const record = WORKER_AREAS + worker * stride + offset;
      for (const i of sums.keys())
        sums[i] = (sums[i] ?? 0n) + this.#router.view.getBigUint64(record + i * 8, true);
    }
    return sums;
  }

  /** An id may be used again, long after: its next owner starts from zero. */
  #forget(iface: Interface): void {
    this.#controlPlane.delete(iface.id);
  }
}

const RECORD_BYTES = 64;
