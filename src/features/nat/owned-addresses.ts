import { type Ipv4Address, sameAddress } from '../../net/address.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { Addresses, Routes } from '../ip/index.ts';
import type { AddressAnswers, NextHops } from '../neighbor/index.ts';

/** What this needs of the features below. */
interface Needs {
  readonly interfaces: Pick<Interfaces, 'find' | 'listen'>;
  readonly addresses: Pick<Addresses, 'of' | 'listen'>;
  readonly routes: Pick<Routes, 'putTaken' | 'takeTaken'>;
  readonly answers: AddressAnswers;
  readonly nextHops: Pick<NextHops, 'takeAddress'>;
}

/** Takes what stations inside send to an address by which others are known outside. */
export const HAIRPIN_STAGE = 'nat-hairpin';

/**
 * The addresses by which stations inside are known: ARP answers for them, and what is routed to them turns back, whether
 * the interface has them itself or not.
 */
export class OwnedAddresses {
  readonly #needs: Needs;
  readonly #owned = new Map<number, readonly Ipv4Address[]>();

  constructor(needs: Needs) {
    this.#needs = needs;
    needs.addresses.listen({
      left: ({ iface: id, prefix }, iface) => {
        const kept = this.#of(id).find((address) => sameAddress(address, prefix.address));
        if (kept && needs.interfaces.find(id)) this.#standIn(iface, kept);
      },
    });
    needs.interfaces.listen({ changed: (before, after) => this.#follow(before, after) });
  }

  /** @throws ApiError ENOSPC */
  add(iface: Interface, address: Ipv4Address): void {
    this.#owned.set(iface.id, [...this.#of(iface.id), address]);
    this.#needs.nextHops.takeAddress(iface, address, HAIRPIN_STAGE);
    if (this.#hasItself(iface, address)) return;
    try {
      this.#standIn(iface, address);
    } catch (error) {
      this.delete(iface, address);
      throw error;
    }
  }

  delete(iface: Interface, address: Ipv4Address): void {
    this.#owned.set(
      iface.id,
      this.#of(iface.id).filter((each) => !sameAddress(each, address)),
    );
    this.#needs.nextHops.takeAddress(iface, address, undefined);
    if (this.#hasItself(iface, address)) return;
    this.#needs.answers.stopAnswering(iface, address);
    this.#needs.routes.takeTaken(iface, address);
  }

  /** Does what is done for addresses that the interface has. @throws ApiError ENOSPC */
  #standIn(iface: Interface, address: Ipv4Address): void {
    this.#needs.answers.answerFor(iface, address);
    this.#needs.routes.putTaken(iface, address);
  }

  /** Routes through an interface go when it moves to another VRF; those to its own addresses move with it. */
  #follow(before: Interface, after: Interface): void {
    if (before.vrf === after.vrf) return;
    for (const address of this.#of(after.id))
      if (!this.#hasItself(after, address)) this.#needs.routes.putTaken(after, address);
  }

  #of(iface: number): readonly Ipv4Address[] {
    return this.#owned.get(iface) ?? [];
  }

  #hasItself(iface: Interface, address: Ipv4Address): boolean {
    return this.#needs.addresses.of(iface.id).some((prefix) => sameAddress(prefix.address, address));
  }
}
