import { ApiError } from '../../engine/api-error.ts';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import type { Interface } from '../interface/index.ts';
import type { TunnelRouter } from './far-ends.ts';
import { VXLAN_BRIDGED, VXLAN_IP6, VXLAN_READY } from './layout.ts';
import type { VxlanFunctions } from './table-functions.ts';
import { endWords, type Vxlan } from './vxlan.ts';

/** The tunnels by interface and by VNI, as they are and as the datapath has them: the one writer of its records. */
export class TunnelTable {
  readonly #table: Table;
  readonly #tunnels = new Map<number, Vxlan>();
  readonly #byVni = new Map<string, Binding>();
  /** Interfaces by their end: all tunnels of a router often have the same one, and each new address is looked for. */
  readonly #byEnd = new Map<string, Set<number>>();
  /** Those whose local address is one of ours. */
  readonly #ready = new Set<number>();

  constructor(router: Pick<TunnelRouter, 'tables'>) {
    this.#table = router.tables<Table>(['setVxlan', 'bindVni', 'unbindVni', 'noteVnis']);
  }

  get size(): number {
    return this.#tunnels.size;
  }

  /** All tunnels by their interface. */
  entries(): Iterable<readonly [number, Vxlan]> {
    return this.#tunnels.entries();
  }

  has(id: number): boolean {
    return this.#tunnels.has(id);
  }

  /** What an interface of this type sends and receives by. */
  get(id: number): Vxlan {
    const found = this.#tunnels.get(id);
    if (!found) throw new Error(`interface ${id} is no vxlan`);
    return found;
  }

  /** The interface that has a VNI in a VRF of the underlay. */
  withVni(encapVrf: number, vni: number): number | undefined {
    return this.#byVni.get(keyOf({ encapVrf, vni }))?.id;
  }

  /** The interfaces whose underlay a VRF is. */
  in(vrf: number): readonly number[] {
    return [...this.#tunnels].filter(([, { encapVrf }]) => encapVrf === vrf).map(([id]) => id);
  }

  /** The interfaces that have an address of a VRF as their end. */
  at(vrf: number, address: IpAddress): readonly number[] {
    return [...(this.#byEnd.get(endOf(vrf, address)) ?? [])];
  }

  /** Remembers what a tunnel is; the datapath has it with `write`. Its local address is one of ours. */
  set(id: number, vxlan: Vxlan): void {
    this.#leaveEnd(id);
    this.#tunnels.set(id, vxlan);
    const end = endOf(vxlan.encapVrf, vxlan.local);
    const others = this.#byEnd.get(end);
    if (others) others.add(id);
    else this.#byEnd.set(end, new Set([id]));
    this.#ready.add(id);
  }

  delete(id: number): void {
    this.#leaveEnd(id);
    this.#tunnels.delete(id);
    this.#ready.delete(id);
  }

  /** Binds all VNIs again for a build that has them elsewhere. @throws ApiError ENOSPC */
  rebind(): void {
    for (const binding of this.#byVni.values()) this.#bind('bind VNIs again', binding);
  }

  /** Says whether a tunnel's local address is one of ours. */
  setReady(id: number, isReady: boolean): void {
    if (isReady) this.#ready.add(id);
    else this.#ready.delete(id);
  }

  /** Gives what comes with a VNI to an interface. @throws ApiError ENOSPC */
  bind(doing: string, id: number, vxlan: Vxlan): void {
    const { encapVrf, vni } = vxlan;
    this.#bind(doing, { encapVrf, vni, id });
    this.#byVni.set(keyOf(vxlan), { encapVrf, vni, id });
    this.#table.noteVnis(this.#byVni.size);
  }

  /** Takes a VNI from an interface, if it has it. */
  unbind(id: number, vxlan: Vxlan): void {
    if (this.#byVni.get(keyOf(vxlan))?.id !== id) return;
    this.#table.unbindVni(vxlan.encapVrf, vxlan.vni);
    this.#byVni.delete(keyOf(vxlan));
    this.#table.noteVnis(this.#byVni.size);
  }

  /** Shows packets what a tunnel is now. */
  write({ id, mode }: Interface): void {
    const { vni, local, encapVrf, port } = this.get(id);
    const { low, high } = endWords(local);
    const flags =
      (this.#ready.has(id) ? VXLAN_READY : 0) |
      (mode === 'bridge' ? VXLAN_BRIDGED : 0) |
      (local.family === 'ipv6' ? VXLAN_IP6 : 0);
    this.#table.setVxlan(id, flags, encapVrf, vni, port, low, high);
  }

  /** Takes a tunnel out of packets' sight. */
  clear(id: number): void {
    this.unbind(id, this.get(id));
    this.#table.setVxlan(id, 0, 0, 0, 0, 0n, 0n);
  }

  #leaveEnd(id: number): void {
    const before = this.#tunnels.get(id);
    if (!before) return;
    const end = endOf(before.encapVrf, before.local);
    const there = this.#byEnd.get(end);
    there?.delete(id);
    if (there?.size === 0) this.#byEnd.delete(end);
  }

  #bind(doing: string, { encapVrf, vni, id }: Binding): void {
    if (this.#table.bindVni(encapVrf, vni, id) !== 0) return;
    throw new ApiError('ENOSPC', { doing, expected: 'room for one more VNI', received: 'none left' });
  }
}

/** The interface that gets what comes with a VNI in a VRF of the underlay. */
interface Binding {
  readonly encapVrf: number;
  readonly vni: number;
  readonly id: number;
}

/** Tells whether two tunnels are found by another VNI or in another VRF. */
export function isElsewhere(before: Vxlan, after: Vxlan): boolean {
  return keyOf(before) !== keyOf(after);
}

function keyOf({ encapVrf, vni }: Pick<Vxlan, 'encapVrf' | 'vni'>): string {
  return `${encapVrf} ${vni}`;
}

function endOf(vrf: number, address: IpAddress): string {
  return `${vrf} ${formatAddress(address)}`;
}

type Table = Pick<VxlanFunctions, 'setVxlan' | 'bindVni' | 'unbindVni' | 'noteVnis'>;
