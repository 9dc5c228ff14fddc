import { formatAddress, type IpAddress } from '../../net/address.ts';
import { DEFAULT_MTU, type Interfaces, MIN_MTU } from '../interface/index.ts';
import type { Addresses } from '../ip/index.ts';
import { type WayParts, wayTo } from '../tunnel/index.ts';
import { overheadOf, type Vxlan } from './vxlan.ts';

/** What the sizes of tunnels follow from. */
export interface SizeParts extends Omit<WayParts, 'interfaces' | 'addresses'> {
  readonly interfaces: Pick<Interfaces, 'find' | 'note'>;
  readonly addresses: Pick<Addresses, 'sourceFor' | 'ownerOf'>;
  /** All tunnels by their interface. */
  readonly tunnels: { entries(): Iterable<readonly [number, Vxlan]> };
  /** The far ends that users have named for a tunnel. */
  readonly farEndsOf: (id: number) => readonly IpAddress[];
}

/** How much tunnels take of which nobody has said it: what the ways to all far ends that users have named leave. */
export class TunnelSizes {
  readonly #parts: SizeParts;
  #derived = new Map<number, number>();

  constructor(parts: SizeParts) {
    this.#parts = parts;
  }

  /** Looks all ways up anew. A tunnel follows as long as it has the size that followed from the ways before. */
  refresh(): void {
    const ways = new Map<string, number | undefined>();
    const derived = new Map<number, number>();
    for (const [id, vxlan] of this.#parts.tunnels.entries()) {
      const before = this.#derived.get(id) ?? sizeByLocal(this.#parts, vxlan);
      const mtu = this.#sizeOf(id, vxlan, ways);
      derived.set(id, mtu);
      if (this.#parts.interfaces.find(id)?.mtu === before) this.#parts.interfaces.note(id, { mtu });
    }
    this.#derived = derived;
  }

  #sizeOf(id: number, vxlan: Vxlan, ways: Map<string, number | undefined>): number {
    const widths = this.#parts.farEndsOf(id).flatMap((remote) => this.#width(vxlan, remote, ways) ?? []);
    if (widths.length === 0) return sizeByLocal(this.#parts, vxlan);
    return sizeWithin(Math.min(...widths), vxlan);
  }

  /** Largest IP packet that the underlay takes to a far end; undefined where no route leads there. */
  #width({ encapVrf }: Vxlan, remote: IpAddress, known: Map<string, number | undefined>): number | undefined {
    const key = `${encapVrf} ${formatAddress(remote)}`;
    if (!known.has(key)) known.set(key, wayTo(this.#parts, encapVrf, remote)?.mtu);
    return known.get(key);
  }
}

/** How much a tunnel takes when no way to a far end is known: what the interface that has its local address leaves. */
export function sizeByLocal(
  { addresses }: { readonly addresses: Pick<Addresses, 'ownerOf'> },
  vxlan: Pick<Vxlan, 'encapVrf' | 'local'>,
): number {
  return sizeWithin(addresses.ownerOf(vxlan.encapVrf, vxlan.local)?.mtu ?? DEFAULT_MTU, vxlan);
}

function sizeWithin(width: number, { local }: Pick<Vxlan, 'local'>): number {
  return Math.max(width - overheadOf(local), MIN_MTU);
}
