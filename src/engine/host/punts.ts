import {
  CONTROL_EVENTS,
  EVENT_BYTES,
  EVENT_SLOTS,
  MAX_WORKERS,
  WORKER_AREAS,
  WORKER_EVENTS,
} from '../layout.ts';
import type { PacketHandle, Packets } from './packets.ts';

/** What a stage told the control thread. A packet belongs to the handler: it frees or injects it. */
export interface Punt {
  readonly iface: number;
  readonly vrf: number;
  readonly packet: PacketHandle | undefined;
  /** The 48 bytes of the stage's own message, valid during the call only. */
  readonly data: DataView;
}

/** Takes what the workers put in their event rings to the handlers of the stages that spoke. */
export class Punts {
  readonly #words: Int32Array;
  readonly #view: DataView;
  readonly #packets: Packets;
  readonly #stride: number;
  readonly #onError: (error: unknown) => void;
  readonly #handlers = new Map<number, (punt: Punt) => void>();
  #open = false;

  constructor(options: {
    readonly memory: Uint8Array;
    readonly packets: Packets;
    readonly workerStride: number;
    readonly onError: (error: unknown) => void;
  }) {
    this.#words = new Int32Array(options.memory.buffer);
    this.#view = new DataView(options.memory.buffer);
    this.#packets = options.packets;
    this.#stride = options.workerStride;
    this.#onError = options.onError;
  }

  /** Chooses who takes what a stage punts. */
  on(node: number, handler: (punt: Punt) => void): void {
    this.#handlers.set(node, handler);
  }

  /** Begins to listen; returns at once. */
  start(): void {
    this.#open = true;
    void this.#listen();
  }

  /** Stops listening. What still lies in the rings is given up with the memory. */
  close(): void {
    this.#open = false;
    Atomics.notify(this.#words, CONTROL_EVENTS >> 2);
  }

  async #listen(): Promise<void> {
    while (this.#open) {
      const seen = Atomics.load(this.#words, CONTROL_EVENTS >> 2);
      if (this.#drain()) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      const waiting = Atomics.waitAsync(this.#words, CONTROL_EVENTS >> 2, seen, LONGEST_WAIT_MS);
      if (waiting.async) await waiting.value;
    }
  }

  /** Handles a share of what waits, so that other work of the control thread gets its turn; false when nothing did. */
  #drain(): boolean {
    let handled = 0;
    for (let worker = 0; worker < MAX_WORKERS; worker++) handled += this.#drainWorker(worker);
    return handled > 0;
  }

  #drainWorker(worker: number): number {
    const ring = WORKER_AREAS + worker * this.#stride + WORKER_EVENTS;
    const written = Atomics.load(this.#words, ring >> 2) >>> 0;
    let read = Atomics.load(this.#words, (ring + 4) >> 2) >>> 0;
    const count = Math.min((written - read) >>> 0, SHARE);
    for (let i = 0; i < count; i++) {
      this.#handle(ring + 64 + (read % EVENT_SLOTS) * EVENT_BYTES);
      read = (read + 1) >>> 0;
      Atomics.store(this.#words, (ring + 4) >> 2, read | 0);
    }
    return count;
  }

  #handle(slot: number): void {
    const packet = this.#view.getUint32(slot + 4, true);
    const punt: Punt = {
      iface: this.#view.getUint16(slot + 8, true),
      vrf: this.#view.getUint16(slot + 10, true),
      packet: packet ? (packet as PacketHandle) : undefined,
      data: new DataView(this.#view.buffer, slot + 16, EVENT_BYTES - 16),
    };
    const handler = this.#handlers.get(this.#view.getUint32(slot, true));
    try {
      if (handler) handler(punt);
      else if (punt.packet) this.#packets.free(punt.packet);
    } catch (error) {
      this.#onError(error);
    }
  }
}

/** Events of one worker that are handled in one turn. */
const SHARE = 256;
/** Wakes now and then even when nothing was announced. */
const LONGEST_WAIT_MS = 1000;
