import { type Ipv4Address, sameAddress } from '../../net/address.ts';
import type { Interface } from '../interface/index.ts';
import type { Addresses } from '../ip/index.ts';
import type { AddressAnswers } from '../neighbor/index.ts';

/** What this needs of the features below. */
interface Needs {
  readonly addresses: Pick<Addresses, 'of' | 'listen'>;
  readonly answers: AddressAnswers;
}

/** The addresses by which stations inside are known: ARP answers for them, whether the interface has them itself or not. */
export class OwnedAddresses {
  readonly #needs: Needs;
  readonly #owned = new Map<number, readonly Ipv4Address[]>();

  constructor(needs: Needs) {
    this.#needs = needs;
    needs.addresses.listen({
      removed: ({ iface: id, prefix }, iface) => {
        const kept = this.#of(id).find((address) => sameAddress(address, prefix.address));
        if (kept) this.#needs.answers.answerFor(iface, kept);
      },
    });
  }

  /** @throws ApiError ENOSPC */
  add(iface: Interface, address: Ipv4Address): void {
    if (!this.#hasItself(iface, address)) this.#needs.answers.answerFor(iface, address);
    this.#owned.set(iface.id, [...this.#of(iface.id), address]);
  }

  delete(iface: Interface, address: Ipv4Address): void {
    this.#owned.set(
      iface.id,
      this.#of(iface.id).filter((each) => !sameAddress(each, address)),
    );
    if (!this.#hasItself(iface, address)) this.#needs.answers.stopAnswering(iface, address);
  }

  #of(iface: number): readonly Ipv4Address[] {
    return this.#owned.get(iface) ?? [];
  }

  #hasItself(iface: Interface, address: Ipv4Address): boolean {
    return this.#needs.addresses.of(iface.id).some((prefix) => sameAddress(prefix.address, address));
  }
}
