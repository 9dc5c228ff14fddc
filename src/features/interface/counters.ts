import type { Router } from '../../engine/host/router.ts';
import { MAX_WORKERS, WORKER_AREAS } from '../../engine/layout.ts';
import type { Interface } from './interface.ts';
import type { Interfaces } from './interfaces.ts';
import { INTERFACE_RECORD_BYTES } from './layout.ts';

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
    const { id } = iface;
    const sum = (field: number) =>
      this.#sum('INTERFACE_STATS', id * INTERFACE_RECORD_BYTES + field * WORD_BYTES);
    return {
      rxPackets: sum(0),
      rxBytes: sum(1),
      rxDrops: device.rxDrops,
      txPackets: sum(2),
      txBytes: sum(3),
      txErrors: this.#sum('INTERFACE_ERRORS', id * WORD_BYTES) + device.txErrors,
    };
  }

  /** The counters that an interface's representor keeps. */
  controlPlane(id: number): ControlPlaneCounters {
    const kept = this.#controlPlane.get(id) ?? { rxPackets: 0n, rxBytes: 0n, txPackets: 0n, txBytes: 0n };
    this.#controlPlane.set(id, kept);
    return kept;
  }

  /** A word of a table of the workers, added up over all of them. */
  #sum(table: string, offset: number): bigint {
    const stride = this.#router.region('WORKER_STRIDE');
    const first = WORKER_AREAS + this.#router.region(`${table}_OFFSET`) + offset;
    let sum = 0n;
    for (let worker = 0; worker < MAX_WORKERS; worker++)
      sum += this.#router.view.getBigUint64(first + worker * stride, true);
    return sum;
  }

  /** An id may be used again, long after: its next owner starts from zero. */
  #forget(iface: Interface): void {
    this.#controlPlane.delete(iface.id);
  }
}

const WORD_BYTES = 8;
