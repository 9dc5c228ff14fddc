import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { formatAddress, type IpAddress, parseAddress } from '../../net/address.ts';
import { formatMac, isUnicastMac, parseMac, randomMac } from '../../net/mac.ts';
import { contains, formatPrefix } from '../../net/prefix.ts';
import type { AttachedAddress, WantedAttachment } from './attachment-record.ts';
import { isForContainers, nextFree } from './free-address.ts';
import type { PodNetwork, PodSubnet } from './network.ts';
import { PodError } from './pod-error.ts';

/** Somebody who needs addresses. */
interface Taker {
  readonly number: number;
  readonly wanted: WantedAttachment;
  readonly network: PodNetwork;
}

/** Which addresses of which network are taken, and by whom; used inside the ledger's transactions. */
export class AddressBook {
  readonly #insert: StatementSync;
  readonly #owner: StatementSync;
  readonly #insertMac: StatementSync;
  readonly #macOwner: StatementSync;
  readonly #last: StatementSync;
  readonly #setLast: StatementSync;
  readonly #kept: StatementSync;
  readonly #keptFor: StatementSync;
  readonly #keep: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#insert = prepare('INSERT INTO address VALUES (?, ?, ?)');
    this.#owner = prepare('SELECT number FROM address WHERE network = ? AND address = ?');
    this.#insertMac = prepare('INSERT INTO mac VALUES (?, ?, ?)');
    this.#macOwner = prepare('SELECT number FROM mac WHERE network = ? AND mac = ?');
    this.#last = prepare('SELECT address FROM last WHERE network = ? AND prefix = ?');
    this.#setLast = prepare('INSERT OR REPLACE INTO last VALUES (?, ?, ?)');
    this.#kept = prepare('SELECT owner FROM kept WHERE network = ? AND address = ?');
    this.#keptFor = prepare('SELECT address FROM kept WHERE network = ? AND owner = ?');
    this.#keep = prepare('INSERT OR REPLACE INTO kept VALUES (?, ?, ?)');
  }

  /** Takes the addresses that an attachment asks for, and one of each family that it says nothing of. @throws PodError */
  take(doing: string, taker: Taker): readonly AttachedAddress[] {
    const asked = taker.wanted.addresses.map((text) => this.#takeAsked(doing, taker, text));
    const families = new Set(taker.network.subnets.map(({ prefix }) => prefix.address.family));
    for (const { address } of asked) families.delete(parseAddress(address).family);
    const chosen = [...families].sort().map((family) => this.#choose(doing, taker, family));
    return [...asked, ...chosen];
  }

  /** Takes the Ethernet address asked for, or makes one. @throws PodError invalid, exists */
  takeMac(
    doing: string,
    { number, network, wanted }: { number: number; network: string; wanted: string | undefined },
  ): string {
    const mac = wanted === undefined ? this.#freshMac(network) : this.#askedMac(doing, network, wanted);
    this.#insertMac.run(network, mac, number);
    return mac;
  }

  #askedMac(doing: string, network: string, wanted: string): string {
    const mac = formatMac(parseMac(wanted));
    if (!isUnicastMac(parseMac(mac))) {
      throw new PodError('invalid', { doing, expected: "a station's MAC address", received: mac });
    }
    if (this.#macOwner.get(network, mac)) {
      const expected = `a MAC address that is free in ${network}`;
      throw new PodError('exists', { doing, expected, received: mac });
    }
    return mac;
  }

  #freshMac(network: string): string {
    for (;;) {
      const mac = formatMac(randomMac());
      if (!this.#macOwner.get(network, mac)) return mac;
    }
  }

  #takeAsked(doing: string, taker: Taker, text: string): AttachedAddress {
    const { network } = taker;
    const address = parseAddress(text);
    const subnet = network.subnets.find(({ prefix }) => contains(prefix, address));
    const blocks = network.subnets.flatMap((each) => each.blocks);
    const isOurs =
      network.granted?.has(formatAddress(address)) || blocks.some((block) => contains(block, address));
    if (!subnet || !isForContainers(subnet, address) || !isOurs) {
      const expected = `an address of ${blocks.map(formatPrefix).join(' or ')}, this node's part of ${network.name}, other than a gateway`;
      throw new PodError('invalid', { doing, expected, received: text });
    }
    if (this.#owner.get(network.name, formatAddress(address))) {
      throw new PodError('exists', {
        doing,
        expected: `an address that is free in ${network.name}`,
        received: text,
      });
    }
    return this.#give(taker, subnet, address);
  }

  #choose(doing: string, taker: Taker, family: IpAddress['family']): AttachedAddress {
    const subnets = taker.network.subnets.filter(({ prefix }) => prefix.address.family === family);
    for (const pick of [this.#keptAddress, this.#freshAddress, this.#anyAddress]) {
      for (const subnet of subnets) {
        const found = pick.call(this, taker, subnet);
        if (found) return this.#give(taker, subnet, found);
      }
    }
    const blocks = subnets.flatMap((subnet) => subnet.blocks.map(formatPrefix));
    const expected = `a free ${family} address in ${blocks.join(', ') || 'a block of this node'}`;
    throw new PodError('full', { doing, expected, received: 'none left' });
  }

  /** The address that a container of the same name had. */
  #keptAddress({ network, wanted }: Taker, subnet: PodSubnet): IpAddress | undefined {
    const owner = ownerOf(wanted);
    if (!subnet.sticky || owner === undefined) return undefined;
    return this.#keptFor
      .all(network.name, owner)
      .map(({ address }) => parseAddress(String(address)))
      .find((address) => isInBlocks(subnet, address) && !this.#isTaken(network, address));
  }

  /** One that nobody has, and nobody may come back for. */
  #freshAddress({ network }: Taker, subnet: PodSubnet): IpAddress | undefined {
    return nextFree(subnet, this.#lastOf(network, subnet), (address) => {
      return (
        this.#isTaken(network, address) || this.#kept.get(network.name, formatAddress(address)) !== undefined
      );
    });
  }

  #anyAddress({ network }: Taker, subnet: PodSubnet): IpAddress | undefined {
    return nextFree(subnet, this.#lastOf(network, subnet), (address) => this.#isTaken(network, address));
  }

  #give({ number, wanted, network }: Taker, subnet: PodSubnet, address: IpAddress): AttachedAddress {
    const text = formatAddress(address);
    this.#insert.run(network.name, text, number);
    this.#setLast.run(network.name, formatPrefix(subnet.prefix), text);
    const owner = ownerOf(wanted);
    if (subnet.sticky && owner !== undefined) this.#keep.run(network.name, text, owner);
    return { address: text, length: subnet.prefix.length, gateway: formatAddress(subnet.gateway) };
  }

  #isTaken(network: PodNetwork, address: IpAddress): boolean {
    return this.#owner.get(network.name, formatAddress(address)) !== undefined;
  }

  #lastOf(network: PodNetwork, { prefix }: PodSubnet): IpAddress | undefined {
    const row = this.#last.get(network.name, formatPrefix(prefix));
    return row && parseAddress(String(row['address']));
  }
}

/** Who comes back under the same name: the interface of a pod. */
function ownerOf({ pod, interface: name }: WantedAttachment): string | undefined {
  return pod && `${pod.namespace}/${pod.name}/${name}`;
}

function isInBlocks(subnet: PodSubnet, address: IpAddress): boolean {
  return subnet.blocks.some((block) => contains(block, address)) && isForContainers(subnet, address);
}
