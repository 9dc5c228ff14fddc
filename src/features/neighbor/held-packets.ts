/** Packets that wait for their neighbours, oldest first: so many for one neighbour, and so many in all. */
export class HeldPackets<Packet> {
  readonly #most: number;
  readonly #queues = new Map<number, Packet[]>();
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Holds a packet for a neighbour; returns those that had to make room, which may be the packet itself. */
  hold(neighbor: number, packet: Packet, mostEach: number): readonly Packet[] {
    const queue = this.#queues.get(neighbor) ?? [];
    this.#queues.set(neighbor, queue);
    queue.push(packet);
    this.#held++;
    const evicted: Packet[] = [];
    while (queue.length > mostEach || (this.#held > this.#most && queue.length > 0)) {
      const oldest = queue.shift();
      if (oldest === undefined) break;
      this.#held--;
      evicted.push(oldest);
    }
    if (queue.length === 0) this.#queues.delete(neighbor);
    return evicted;
  }

  /** Takes all packets that wait for a neighbour. */
  take(neighbor: number): readonly Packet[] {
    const queue = this.#queues.get(neighbor) ?? [];
    this.#queues.delete(neighbor);
    this.#held -= queue.length;
    return queue;
  }

  /** How many packets wait for a neighbour. */
  count(neighbor: number): number {
    return this.#queues.get(neighbor)?.length ?? 0;
  }
}
