import { ApiError } from '../../engine/api-error.ts';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { Addresses } from '../ip/index.ts';
import type { FloodLists } from './flood-lists.ts';
import { MAX_KEYS } from './layout.ts';
import type { TunnelTable } from './tunnel-table.ts';
import { checkEnd, checkFamily, checkVxlan, type Vxlan } from './vxlan.ts';

/** What tunnels cannot be beside what else there is. */
export class TunnelChecks {
  readonly #interfaces: Interfaces;
  readonly #addresses: Addresses;
  readonly #tunnels: TunnelTable;
  readonly #floods: FloodLists;

  constructor(parts: {
    readonly interfaces: Interfaces;
    readonly addresses: Addresses;
    readonly tunnels: TunnelTable;
    readonly floods: FloodLists;
  }) {
    this.#interfaces = parts.interfaces;
    this.#addresses = parts.addresses;
    this.#tunnels = parts.tunnels;
    this.#floods = parts.floods;
  }

  /** Checks what is to become of a tunnel, or a new one. @throws ApiError EINVAL, EEXIST, EADDRNOTAVAIL, ENOSPC */
  tunnel(doing: string, vxlan: Vxlan, id?: number): void {
    checkVxlan(doing, vxlan);
    this.#vni(doing, vxlan, id);
    this.#local(doing, vxlan, id);
    for (const { address } of this.#floods.of(vxlan.encapVrf, vxlan.vni))
      checkFamily(doing, vxlan.local, address);
    if (id === undefined && this.#tunnels.size >= MAX_KEYS) {
      throw new ApiError('ENOSPC', { doing, expected: `at most ${MAX_KEYS} tunnels`, received: 'one more' });
    }
  }

  /** Checks that an address can be a far end of a tunnel. @throws ApiError EINVAL */
  farEndOf(doing: string, id: number, address: IpAddress): void {
    const { local, encapVrf } = this.#tunnels.get(id);
    this.farEnd(doing, encapVrf, address);
    checkFamily(doing, local, address);
  }

  /** Checks that an address can be a far end in a VRF. @throws ApiError EINVAL */
  farEnd(doing: string, vrf: number, address: IpAddress): void {
    checkEnd(doing, address);
    const owner = this.#addresses.ownerOf(vrf, address);
    if (!owner) return;
    const received = `${formatAddress(address)} of ${owner.name}`;
    throw new ApiError('EINVAL', { doing, expected: "another router's address", received });
  }

  /** Checks that a VRF is no tunnel's underlay. @throws ApiError EBUSY */
  unused({ name, vrf }: Interface): void {
    const users = this.#tunnels.in(vrf);
    if (users.length === 0) return;
    throw new ApiError('EBUSY', {
      doing: `delete vrf ${name}`,
      expected: 'a VRF that is no underlay of tunnels',
      received: `that of ${users.map((id) => this.#interfaces.find(id)?.name).join(', ')}`,
    });
  }

  #vni(doing: string, { encapVrf, vni }: Vxlan, id: number | undefined): void {
    const other = this.#tunnels.withVni(encapVrf, vni);
    if (other === undefined || other === id) return;
    const received = `${vni}, which ${this.#interfaces.find(other)?.name} has`;
    throw new ApiError('EEXIST', {
      doing,
      expected: 'a VNI that no other interface has in that VRF',
      received,
    });
  }

  #local(doing: string, { encapVrf, local }: Vxlan, id: number | undefined): void {
    const owner = this.#addresses.ownerOf(encapVrf, local);
    const received = formatAddress(local);
    if (!owner) {
      const expected = `an address of ours in the VRF ${this.#interfaces.vrfName(encapVrf)}`;
      throw new ApiError('EADDRNOTAVAIL', { doing, expected, received });
    }
    if (owner.id !== id) return;
    const expected = 'an address of another interface';
    throw new ApiError('EINVAL', { doing, expected, received: `${received}, its own` });
  }
}
