import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import type { Interface } from '../interface/index.ts';
import type { NeighborRouter } from './host.ts';
import { announcementFrame } from './probes.ts';
import { addressWords, familyNumber } from './wire-words.ts';

/** What is done for an address of ours on its link. */
export interface AddressAnswers {
  /** Answers ARP and ND for it, and tells the link that it is here. @throws ApiError ENOSPC */
  answerFor(iface: Interface, address: IpAddress): void;
  stopAnswering(iface: Interface, address: IpAddress): void;
}

/** The addresses that ARP and ND answer for: the only writer of the set that their stages read. */
export class Answers implements AddressAnswers {
  readonly #router: Pick<NeighborRouter, 'send'>;
  readonly #table: Table;
  readonly #byInterface = new Map<number, readonly IpAddress[]>();

  constructor(router: Pick<NeighborRouter, 'send' | 'tables'>) {
    this.#router = router;
    this.#table = router.tables<Table>(['answerFor', 'stopAnswering']);
  }

  answerFor(iface: Interface, address: IpAddress): void {
    this.#write(iface.id, address, iface.name);
    this.#byInterface.set(iface.id, [...this.#of(iface.id), address]);
    this.announce(iface, address);
  }

  /** How all addresses are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['ANSWERS'],
      unknown: ['ANSWER_SLOTS'],
      write: () => {
        for (const [id, addresses] of this.#byInterface)
          for (const address of addresses) this.#write(id, address, `interface ${id}`);
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

  /** Tells the link that an address of an interface is ours (RFC 5227 2.3, RFC 4861 7.2.6). */
  announce(iface: Interface, address: IpAddress): void {
    if (!iface.up || iface.pointToPoint) return;
    this.#router.send(announcementFrame(iface.mac, address), 'frame-output', {
      output: iface.id,
      vrf: iface.vrf,
    });
  }

  /** Tells the link all addresses of an interface: when it comes up, and when its MAC address changes. */
  announceAll(iface: Interface): void {
    for (const address of this.#of(iface.id)) this.announce(iface, address);
  }

  #write(id: number, address: IpAddress, name: string): void {
    const { low, high } = addressWords(address);
    if (this.#table.answerFor(id, familyNumber(address), low, high) !== 0) return;
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
