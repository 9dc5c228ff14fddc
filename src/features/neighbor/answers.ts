import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { formatAddress, type IpAddress, type Ipv4Address, sameAddress } from '../../net/address.ts';
import type { Mac } from '../../net/mac.ts';
import type { Interface } from '../interface/index.ts';
import type { NeighborRouter } from './host.ts';
import { announcementFrame, questionFrame } from './probes.ts';
import { addressWords, familyNumber, type Heard, PROBED_FAMILY } from './wire-words.ts';

/** What is done for an address of ours on its link. */
export interface AddressAnswers {
  /** Answers ARP and ND for it, and tells the link that it is here, unless its one station is answered for all. @throws ApiError ENOSPC */
  answerFor(iface: Interface, address: IpAddress): void;
  stopAnswering(iface: Interface, address: IpAddress): void;
}

/** How links are asked whether an address is free before it is ours (RFC 5227 2.1.1): one for each interface at a time. */
export interface AddressProbes {
  /** Asks, once more where it has before; who has the address, or asks for it too, is told of until `endProbe`. @throws ApiError ENOSPC */
  probe(iface: Interface, address: Ipv4Address, claimed: (mac: Mac) => void): void;
  endProbe(iface: Interface): void;
}

/** What is asked for on an interface's link, and who hears of claims. */
interface Probe {
  readonly address: Ipv4Address;
  readonly claimed: (mac: Mac) => void;
}

/** The addresses that ARP and ND answer for: the only writer of the set that their stages read. */
export class Answers implements AddressAnswers, AddressProbes {
  readonly #router: Pick<NeighborRouter, 'send'>;
  readonly #table: Table;
  readonly #byInterface = new Map<number, readonly IpAddress[]>();
  readonly #probes = new Map<number, Probe>();

  constructor(router: Pick<NeighborRouter, 'send' | 'tables'>) {
    this.#router = router;
    this.#table = router.tables<Table>(['answerFor', 'stopAnswering']);
  }

  answerFor(iface: Interface, address: IpAddress): void {
    this.#write(iface, address, familyNumber(address));
    this.#byInterface.set(iface.id, [...this.#of(iface.id), address]);
    if (!iface.access) this.announce(iface, address);
  }

  /** How all addresses are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['ANSWERS'],
      unknown: ['ANSWER_SLOTS'],
      write: () => {
        const named = (id: number) => ({ id, name: `interface ${id}` });
        for (const [id, addresses] of this.#byInterface)
          for (const address of addresses) this.#write(named(id), address, familyNumber(address));
        for (const [id, { address }] of this.#probes) this.#write(named(id), address, PROBED_FAMILY);
      },
    };
  }

  stopAnswering(iface: Interface, address: IpAddress): void {
    const { low, high } = addressWords(address);
    this.#table.stopAnswering(iface.id, familyNumber(address), low, high);
    const kept = this.#of(iface.id).filter(
      (each) => each.family !== address.family || each.value !== address.value,
    );
    if (kept.length > 0) this.#byInterface.set(iface.id, kept);
    else this.#byInterface.delete(iface.id);
  }

  probe(iface: Interface, address: Ipv4Address, claimed: (mac: Mac) => void): void {
    if (!this.#isProbed(iface, address)) this.endProbe(iface);
    this.#write(iface, address, PROBED_FAMILY);
    this.#probes.set(iface.id, { address, claimed });
    const question = { ownMac: iface.mac, source: undefined, target: address, to: undefined };
    this.#send(iface, questionFrame(question));
  }

  endProbe({ id }: Interface): void {
    const probe = this.#probes.get(id);
    if (!probe) return;
    this.#probes.delete(id);
    this.#table.stopAnswering(id, PROBED_FAMILY, addressWords(probe.address).low, 0n);
  }

  /** A station has spoken as if an address that is asked for were its. */
  claimed(iface: Interface, { address, mac }: Heard): void {
    if (mac && this.#isProbed(iface, address)) this.#probes.get(iface.id)?.claimed(mac);
  }

  /**
   * Tells the link that an address of an interface is ours (RFC 5227 2.3, RFC 4861 7.2.6). One that is bound to another has
   * none any more when all know of it: a switch that heard a bond's MAC address from it would send the bond's frames to it.
   */
  announce(iface: Interface, address: IpAddress): void {
    if (!iface.up || iface.pointToPoint || iface.domain !== 0) return;
    this.#send(iface, announcementFrame(iface.mac, address));
  }

  /** Tells the link all addresses of an interface: when it comes up, and when its MAC address changes. */
  announceAll(iface: Interface): void {
    for (const address of this.#of(iface.id)) this.announce(iface, address);
  }

  #send({ id, vrf }: Interface, frame: Uint8Array): void {
    this.#router.send(frame, 'frame-output', { output: id, vrf });
  }

  #isProbed({ id }: Interface, address: IpAddress): boolean {
    const probe = this.#probes.get(id);
    return probe !== undefined && sameAddress(probe.address, address);
  }

  #write({ id, name }: Pick<Interface, 'id' | 'name'>, address: IpAddress, family: number): void {
    const { low, high } = addressWords(address);
    if (this.#table.answerFor(id, family, low, high) !== 0) return;
    throw new ApiError('ENOSPC', {
      doing: `answer for ${formatAddress(address)} on ${name}`,
      expected: 'room in the set of addresses',
      received: 'none left',
    });
  }

  #of(iface: number): readonly IpAddress[] {
    return this.#byInterface.get(iface) ?? [];
  }
}

interface Table {
  answerFor(iface: number, family: number, low: bigint, high: bigint): number;
  stopAnswering(iface: number, family: number, low: bigint, high: bigint): number;
}
