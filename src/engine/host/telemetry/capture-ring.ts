import { CAPTURE_BYTES, WORKER_CAPTURE } from '../../layout.ts';
import { areaOf, type TelemetrySource } from './source.ts';

/** A captured packet as it lies in a worker's ring (datapath/capture.ts). */
export interface CapturedPacket {
  readonly clock: bigint;
  /** The interface that received it, or by which a frame was sent. */
  readonly iface: number;
  readonly output: number;
  readonly direction: CaptureDirection;
  /** Id of the drop and of the stage that dropped it. */
  readonly drop: number;
  readonly stage: number;
  /** Whether the bytes start with the frame as received or sent, and not with some later header. */
  readonly isFrame: boolean;
  /** Ethertype of what the bytes start with, where they are no frame and somebody has set it. */
  readonly etherType: number;
  readonly originalLength: number;
  readonly bytes: Uint8Array;
  /** Packets that the ring had no room for before this one. */
  readonly lost: number;
}

export type CaptureDirection = 'received' | 'sent' | 'dropped';

/** Reads one worker's capture ring: its only reader. */
export class CaptureRing {
  readonly #memory: Uint8Array;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #ring: number;
  #lostBefore: number;

  constructor(source: TelemetrySource, worker: number) {
    this.#view = source.view;
    this.#memory = new Uint8Array(source.view.buffer);
    this.#words = new Int32Array(source.view.buffer);
    this.#ring = areaOf(source, worker) + WORKER_CAPTURE;
    this.#lostBefore = this.#word(LOST);
    this.#setRead(this.#word(WRITTEN));
  }

  /** Gives what has been captured since the last call, oldest first; a share of it where that is much. */
  take(): readonly CapturedPacket[] {
    const written = this.#word(WRITTEN);
    const packets: CapturedPacket[] = [];
    let read = this.#word(READ);
    while (read !== written && packets.length < SHARE) {
      const at = this.#ring + RECORDS + (read % CAPTURE_BYTES);
      if (this.#view.getUint32(at + 4, true) !== SKIP) packets.push(this.#packet(at));
      read = (read + this.#view.getUint32(at, true)) >>> 0;
    }
    this.#setRead(read);
    return packets;
  }

  /** Packets lost since the last packet that was taken. */
  takeLost(): number {
    const lost = this.#word(LOST);
    const more = (lost - this.#lostBefore) >>> 0;
    this.#lostBefore = lost;
    return more;
  }

  #packet(at: number): CapturedPacket {
    const view = this.#view;
    const start = at + HEADER;
    return {
      clock: view.getBigUint64(at + 24, true),
      iface: view.getUint16(at + 12, true),
      output: view.getUint16(at + 22, true),
      direction: directions[view.getUint8(at + 14)] ?? 'dropped',
      drop: view.getUint16(at + 16, true),
      stage: view.getUint16(at + 18, true),
      isFrame: view.getUint8(at + 15) === 1,
      etherType: view.getUint16(at + 20, false), // it lies there as on the wire
      originalLength: view.getUint32(at + 8, true),
      bytes: this.#memory.slice(start, start + view.getUint32(at + 4, true)),
      lost: this.takeLost(),
    };
  }

  #word(offset: number): number {
    return Atomics.load(this.#words, (this.#ring + offset) >> 2) >>> 0;
  }

  #setRead(read: number): void {
    Atomics.store(this.#words, (this.#ring + READ) >> 2, read | 0);
  }
}

/** Packets of one call, so that other work of the control thread gets its turn. */
const SHARE = 1024;
const WRITTEN = 0;
const READ = 4;
const LOST = 8;
const RECORDS = 64;
const HEADER = 32;
const SKIP = 0xffffffff;
const directions = ['received', 'sent', 'dropped'] as const;
