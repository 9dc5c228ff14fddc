import { ApiError } from '../../engine/api-error.ts';
import {
  addressBits,
  addressToBytes,
  compareAddresses,
  formatAddress,
  type IpAddress,
  sameAddress,
} from '../../net/address.ts';
import { isBroadcast, isLinkLocal, isLoopback, isMulticast, isUnspecified } from '../../net/address-scope.ts';
import { linkLocalOf } from '../../net/mac.ts';
import { contains, formatPrefix, networkOf, type Prefix, samePrefix } from '../../net/prefix.ts';
import type { Interface, Interfaces } from '../interface/index.ts';

/** An address of an interface, with the length of its network. */
export interface InterfaceAddress {
  readonly iface: number;
  readonly prefix: Prefix;
}

/** What an address brings about elsewhere: routes, answers to ARP and ND, mirrors on the host. */
export interface AddressListener {
  added?(address: InterfaceAddress, iface: Interface): void;
  removed?(address: InterfaceAddress, iface: Interface): void;
  /** All that it has brought about is gone. */
  left?(address: InterfaceAddress, iface: Interface): void;
}

/** What addresses need of interfaces. */
type InterfaceParts = Pick<Interfaces, 'listen' | 'find' | 'setSources'>;

/** The addresses of all interfaces. */
export class Addresses {
  readonly #interfaces: InterfaceParts;
  readonly #byInterface = new Map<number, readonly Prefix[]>();
  /** The interfaces that have an address, by its text: tunnels ask for the owner of theirs, and there may be thousands. */
  readonly #holders = new Map<string, Set<number>>();
  readonly #listeners: AddressListener[] = [];

  constructor(interfaces: InterfaceParts) {
    this.#interfaces = interfaces;
    interfaces.listen({
      added: (iface) => this.#addLinkLocal(iface),
      changed: (before, after) => this.#follow(before, after),
      removing: (iface) => this.#removeAll(iface),
      checkBound: (iface) => this.#checkBound(iface),
    });
  }

  /** Tells of addresses from now on, and of those that are there already. */
  listen(listener: AddressListener): void {
    this.#listeners.push(listener);
    for (const address of this.list()) {
      const iface = this.#interfaces.find(address.iface);
      if (iface) listener.added?.(address, iface);
    }
  }

  /** Addresses of one interface or of all, IPv4 first, in order. */
  list(iface?: number): readonly InterfaceAddress[] {
    const ids = iface === undefined ? [...this.#byInterface.keys()] : [iface];
    return ids.flatMap((id) => this.of(id).map((prefix) => ({ iface: id, prefix })));
  }

  /** Addresses of an interface in the order they were given. */
  of(iface: number): readonly Prefix[] {
    return this.#byInterface.get(iface) ?? [];
  }

  /**
   * Adds an address, or nothing of it; access interfaces of a VRF may have the same, as that of their gateway.
   *
   * @throws ApiError EINVAL, EEXIST, EADDRINUSE, ENOSPC
   */
  add(iface: Interface, prefix: Prefix): void {
    const doing = `add address ${formatPrefix(prefix)} to ${iface.name}`;
    this.#check(doing, iface, prefix);
    this.#change(iface, [...this.of(iface.id), prefix]);
    try {
      for (const listener of this.#listeners) listener.added?.({ iface: iface.id, prefix }, iface);
    } catch (error) {
      this.remove(iface, prefix);
      throw error;
    }
  }

  /** Removes an address. @throws ApiError EADDRNOTAVAIL */
  remove(iface: Interface, prefix: Prefix): void {
    const found = this.of(iface.id).find((kept) => samePrefix(kept, prefix));
    if (!found) {
      const doing = `delete address ${formatPrefix(prefix)} from ${iface.name}`;
      throw new ApiError('EADDRNOTAVAIL', {
        doing,
        expected: 'an address of the interface',
        received: formatPrefix(prefix),
      });
    }
    for (const listener of [...this.#listeners].reverse())
      listener.removed?.({ iface: iface.id, prefix: found }, iface);
    this.#change(
      iface,
      this.of(iface.id).filter((kept) => kept !== found),
    );
    for (const listener of this.#listeners) listener.left?.({ iface: iface.id, prefix: found }, iface);
  }

  /** The address to speak from to a target on an interface's link; undefined when it has none of the family. */
  sourceFor(iface: number, target: IpAddress): IpAddress | undefined {
    const candidates = this.of(iface).filter(({ address }) => address.family === target.family);
    const sameScope = candidates.filter(({ address }) => isLinkLocal(address) === isLinkLocal(target));
    const onLink = sameScope.find((prefix) => contains(networkOf(prefix), target));
    return (onLink ?? sameScope[0] ?? candidates[0])?.address;
  }

  /** The interface of a VRF that has an address, other than one that is to be left out. */
  ownerOf(vrf: number, address: IpAddress, except = 0): Interface | undefined {
    for (const id of this.#holders.get(formatAddress(address)) ?? []) {
      const iface = id === except ? undefined : this.#interfaces.find(id);
      if (iface?.vrf === vrf) return iface;
    }
    return undefined;
  }

  #check(doing: string, iface: Interface, { address, length }: Prefix): void {
    const received = `${formatAddress(address)}/${length}`;
    if (iface.domain !== 0) {
      throw new ApiError('EINVAL', {
        doing,
        expected: 'an interface that is routed',
        received: `one that is bound to ${this.#interfaces.find(iface.domain)?.name ?? 'another'}`,
      });
    }
    const bad = isMulticast(address) || isUnspecified(address) || isLoopback(address) || isBroadcast(address);
    if (bad)
      throw new ApiError('EINVAL', {
        doing,
        expected: 'a unicast address that may be seen on a link',
        received,
      });
    if (length === 0) {
      throw new ApiError('EINVAL', {
        doing,
        expected: `a prefix length of 1 to ${addressBits(address.family)}`,
        received,
      });
    }
    if (this.of(iface.id).some((kept) => sameAddress(kept.address, address))) {
      throw new ApiError('EEXIST', { doing, expected: 'an address that the interface has not', received });
    }
    const owner = isLinkLocal(address) ? undefined : this.ownerOf(iface.vrf, address);
    if (owner && !(iface.access && owner.access))
      throw new ApiError('EADDRINUSE', {
        doing,
        expected: 'an address that is free',
        received: `one of ${owner.name}`,
      });
  }

  /** Users' addresses stay in the way; the link-local one goes by itself. */
  #checkBound(iface: Interface): void {
    const own = linkLocalPrefix(iface);
    const kept = this.of(iface.id).filter((prefix) => !samePrefix(prefix, own));
    if (kept.length === 0) return;
    throw new ApiError('EBUSY', {
      doing: `bind interface ${iface.name}`,
      expected: 'an interface without addresses',
      received: `one with ${kept.map(formatPrefix).join(', ')}`,
    });
  }

  /** Every interface that is routed and sends frames has a link-local address from its MAC address (RFC 4291 clause 2.5.6). */
  #addLinkLocal(iface: Interface): void {
    if (iface.outputStage !== undefined && iface.domain === 0) this.add(iface, linkLocalPrefix(iface));
  }

  /** Addresses move with their interface to another VRF; the link-local one follows the MAC address. */
  #follow(before: Interface, after: Interface): void {
    if (before.domain === 0 && after.domain !== 0) this.#removeAll(before);
    if (before.domain !== 0 && after.domain === 0) this.#addLinkLocal(after);
    if (before.domain !== 0 || after.domain !== 0) return;
    if (before.vrf !== after.vrf) {
      const prefixes = this.of(before.id);
      for (const prefix of prefixes) this.remove(before, prefix);
      for (const prefix of prefixes) this.add(after, prefix);
    }
    if (before.mac.value === after.mac.value || after.outputStage === undefined) return;
    const old = linkLocalPrefix(before);
    if (this.of(before.id).some((kept) => samePrefix(kept, old))) this.remove(after, old);
    if (!this.of(after.id).some((kept) => samePrefix(kept, linkLocalPrefix(after))))
      this.add(after, linkLocalPrefix(after));
  }

  #removeAll(iface: Interface): void {
    for (const prefix of this.of(iface.id)) this.remove(iface, prefix);
    this.#byInterface.delete(iface.id);
  }

  #change(iface: Interface, prefixes: readonly Prefix[]): void {
    for (const { address } of this.of(iface.id)) this.#letGo(iface.id, address);
    for (const { address } of prefixes) this.#hold(iface.id, address);
    this.#byInterface.set(iface.id, prefixes);
    const first = (wanted: (address: IpAddress) => boolean) => {
      const found = prefixes.find(({ address }) => wanted(address));
      return found && addressToBytes(found.address);
    };
    const linkLocal = first((address) => address.family === 'ipv6' && isLinkLocal(address));
    this.#interfaces.setSources(iface.id, {
      address4: first((address) => address.family === 'ipv4'),
      address6: first((address) => address.family === 'ipv6' && !isLinkLocal(address)) ?? linkLocal,
      linkLocal,
    });
  }

  #hold(iface: number, address: IpAddress): void {
    const key = formatAddress(address);
    const holders = this.#holders.get(key) ?? new Set();
    this.#holders.set(key, holders.add(iface));
  }

  #letGo(iface: number, address: IpAddress): void {
    const key = formatAddress(address);
    const holders = this.#holders.get(key);
    holders?.delete(iface);
    if (holders?.size === 0) this.#holders.delete(key);
  }
}

/** Orders addresses for a listing: by interface, IPv4 first, by value. */
export function byAddress(a: InterfaceAddress, b: InterfaceAddress): number {
  return a.iface - b.iface || compareAddresses(a.prefix.address, b.prefix.address);
}

function linkLocalPrefix(iface: Interface): Prefix {
  return { address: linkLocalOf(iface.mac), length: 64 };
}
