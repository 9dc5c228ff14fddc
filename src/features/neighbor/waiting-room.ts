import { destinationOf, etherTypeRaw, familyOf, type Held } from './held.ts';
import { HeldPackets } from './held-packets.ts';
import type { NeighborRouter } from './host.ts';
import type { NextHopStages } from './routing.ts';

/** Drops that the stage neighbor-hold names, and this side chooses. */
export type DropName = 'neighbor-held-too-many' | 'neighbor-table-full' | 'neighbor-gone';

/** Packets that wait for neighbours, and the ways they can go from here. Next hops are given by index. */
export class WaitingRoom {
  readonly #router: Pick<NeighborRouter, 'inject' | 'packets'>;
  readonly #stages: NextHopStages;
  readonly #held = new HeldPackets<Held>(MOST_HELD);
  /** Stages that take packets of other ethertypes than IP's, as these lie on the wire. */
  readonly #others = new Map<number, string>();

  constructor(router: Pick<NeighborRouter, 'inject' | 'packets'>, stages: NextHopStages) {
    this.#router = router;
    this.#stages = stages;
  }

  /** Gives held packets of an ethertype that is not IP's to a stage, when they go on and when their neighbour is not there. */
  takeType(etherType: number, stage: string): void {
    this.#others.set(etherTypeRaw(etherType), stage);
  }

  /** Packets that wait for a next hop. */
  count(nextHop: number): number {
    return this.#held.count(nextHop);
  }

  /** The station that a packet is addressed to; undefined when it is none's address, or no IP packet. */
  destinationOf(held: Held) {
    return this.#other(held) ? undefined : destinationOf(this.#router.packets.bytes(held.packet));
  }

  /** Lets a packet wait; the oldest make room where there are too many. */
  hold(nextHop: number, held: Held, mostEach: number): void {
    for (const each of this.#held.hold(nextHop, held, mostEach)) this.drop(each, 'neighbor-held-too-many');
  }

  /** Sends a packet to a next hop that is resolved. */
  send(nextHop: number, held: Held): void {
    this.#inject(nextHop, held, this.#other(held) ?? this.#stages.output[familyOf(held)]);
  }

  /** Gives a packet up to the stage that tells its sender that the neighbour is not there. */
  refuse(nextHop: number, held: Held): void {
    this.#inject(nextHop, held, this.#other(held) ?? this.#stages.unreachable[familyOf(held)]);
  }

  drop({ packet, fields }: Held, drop: DropName): void {
    this.#router.inject(packet, drop, fields);
  }

  sendAll(nextHop: number): void {
    for (const held of this.#held.take(nextHop)) this.send(nextHop, held);
  }

  refuseAll(nextHop: number): void {
    for (const held of this.#held.take(nextHop)) this.refuse(nextHop, held);
  }

  dropAll(nextHop: number): void {
    for (const held of this.#held.take(nextHop)) this.drop(held, 'neighbor-gone');
  }

  #other({ fields }: Held): string | undefined {
    return this.#others.get(fields.etherType ?? 0);
  }

  #inject(nextHop: number, { packet, fields }: Held, stage: string): void {
    this.#router.inject(packet, stage, { ...fields, nextHop });
  }
}

/** Most packets held for all neighbours together: the pool must not be drained by a scan. */
const MOST_HELD = 4096;
