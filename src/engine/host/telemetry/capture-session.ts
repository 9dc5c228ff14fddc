import type { Graph } from '../../compiler/graph.ts';
import { CaptureFile } from './capture-file.ts';
import type { CapturedPacket } from './capture-ring.ts';
import { type Clock, wallClockNs } from './clock.ts';
import { Signal } from './signal.ts';
import type { WatchedInterface, WatchedInterfaces } from './watched-interfaces.ts';

/** What somebody wants captured. */
export interface CaptureWish {
  /** Only packets that this interface has received or sent; for drops, only what it has received. */
  readonly iface: WatchedInterface | undefined;
  /** Dropped packets, and nothing else. */
  readonly drops: boolean;
  /** Ends after so many packets. */
  readonly count: number | undefined;
  /** Bytes kept of each packet. */
  readonly snaplen: number;
}

/** One capture: picks its packets and holds the written blocks until its reader takes them. */
export class CaptureSession {
  readonly wish: CaptureWish;
  readonly #file: CaptureFile;
  readonly #beginning: Uint8Array;
  readonly #news = new Signal();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #lost = 0n;
  #taken = 0;

  constructor(options: {
    readonly wish: CaptureWish;
    readonly graph: Graph;
    readonly interfaces: () => WatchedInterfaces;
  }) {
    const { wish, graph, interfaces } = options;
    this.wish = wish;
    this.#file = new CaptureFile({ graph, interfaces, snaplen: wish.snaplen });
    this.#beginning = this.#file.begin(wish.iface ? [wish.iface] : interfaces().list);
  }

  /** Takes the packets it wants; `lost` others were lost after them. */
  take(packets: readonly CapturedPacket[], lost: number, clock: Clock): void {
    for (const packet of packets) {
      this.#lost += BigInt(packet.lost);
      if (!this.#isDone && this.#wants(packet)) this.#write(packet, clock);
    }
    this.#lost += BigInt(lost);
    if (this.#waitingBytes > 0 || this.#isDone) this.#news.raise();
  }

  /** Gives the file in pieces, until the count is reached or the signal aborts. */
  async *chunks(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    yield this.#beginning;
    while (!signal.aborted) {
      if (this.#waitingBytes > 0) yield this.#takeWaiting();
      else if (this.#isDone) return yield this.#file.end(wallClockNs(), this.#lost);
      else await this.#news.wait(signal);
    }
  }

  get #isDone(): boolean {
    return this.wish.count !== undefined && this.#taken >= this.wish.count;
  }

  #wants(packet: CapturedPacket): boolean {
    const { iface, drops } = this.wish;
    if ((packet.direction === 'dropped') !== drops) return false;
    return iface === undefined || packet.iface === iface.id;
  }

  /** A reader that does not keep up loses packets, not the router its memory. */
  #write(packet: CapturedPacket, clock: Clock): void {
    if (this.#waitingBytes > MOST_WAITING_BYTES) {
      this.#lost++;
      return;
    }
    const block = this.#file.packet(packet, clock, this.#lost);
    this.#lost = 0n;
    this.#taken++;
    this.#waiting.push(block);
    this.#waitingBytes += block.length;
  }

  #takeWaiting(): Uint8Array {
    const chunk = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    return chunk;
  }
}

/** Half of the largest message of the API. */
const MOST_WAITING_BYTES = 8 << 20;
