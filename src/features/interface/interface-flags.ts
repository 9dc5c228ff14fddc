import type { Interface } from './interface.ts';
import {
  INTERFACE_ACCESS,
  INTERFACE_FAR_ENDS,
  INTERFACE_PROMISCUOUS,
  INTERFACE_RUNNING,
  INTERFACE_SNOOPING,
  INTERFACE_TX_L4_CKSUM,
  INTERFACE_UP,
} from './layout.ts';

/** The flags of interfaces in their records: what they are, and who watches them. */
export class InterfaceFlags {
  readonly #watched = new Map<number, number>();
  #watchedAll = 0;

  /** All flags of an interface. */
  of(iface: Interface): number {
    return stateFlags(iface) | this.#watchedAll | (this.#watched.get(iface.id) ?? 0);
  }

  /** Sets or clears a watch flag (INTERFACE_TRACED or INTERFACE_CAPTURED) of one interface or, without an id, of all. */
  watch(flag: number, on: boolean, id?: number): void {
    if (id === undefined) {
      this.#watchedAll = on ? this.#watchedAll | flag : this.#watchedAll & ~flag;
      if (!on) for (const [each, flags] of this.#watched) this.#watched.set(each, flags & ~flag);
      return;
    }
    const now = this.#watched.get(id) ?? 0;
    this.#watched.set(id, on ? now | flag : now & ~flag);
  }

  /** Forgets who watches an interface that is gone. */
  forget(id: number): void {
    this.#watched.delete(id);
  }
}

function stateFlags(iface: Interface): number {
  return (
    (iface.up ? INTERFACE_UP : 0) |
    (iface.running ? INTERFACE_RUNNING : 0) |
    (iface.promisc ? INTERFACE_PROMISCUOUS : 0) |
    (iface.snooping ? INTERFACE_SNOOPING : 0) |
    (iface.access ? INTERFACE_ACCESS : 0) |
    (iface.checksumsOnSend ? INTERFACE_TX_L4_CKSUM : 0) |
    (iface.farEnds ? INTERFACE_FAR_ENDS : 0)
  );
}
