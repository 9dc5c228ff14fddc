import { PACKET_BUFFERS } from '../layout.ts';

const BUFFERS = 4096;
export const BUFFER_BYTES = 4096;
export const HEADROOM = 128;
export const MBUF_BYTES = 128;
export const DATA_ROOM = BUFFER_BYTES - MBUF_BYTES;
/** What they take of the memory. */
export const SCRATCH_BUFFERS_BYTES = BUFFERS * BUFFER_BYTES;
/** Any address of the host process will do: the datapath only ever subtracts it. */
export const PACKET_DELTA = 0x7f00_0000_0000n;

/** What a port says of a frame, and how it gives it. */
export interface ReceivedFrame {
  readonly olFlags?: bigint;
  readonly vlanTci?: number;
  /** Bytes in each segment of the chained buffer. */
  readonly segmentBytes?: number;
}

/** Packet buffers of a scratch datapath, laid out as DPDK's. */
export class ScratchBuffers {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #pool: number[] = [];

  constructor(memory: WebAssembly.Memory) {
    this.#view = new DataView(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    for (let i = 0; i < BUFFERS; i++) this.#pool.push(PACKET_BUFFERS + i * BUFFER_BYTES);
  }

  /** How many are in the pool. */
  get left(): number {
    return this.#pool.length;
  }

  /** How many are not. */
  get out(): number {
    return BUFFERS - this.#pool.length;
  }

  /** Takes an empty one. @throws Error when none are left */
  blank(): number {
    const mbuf = this.#pool.pop();
    if (mbuf === undefined) throw new Error('no buffers are left');
    this.#bytes.fill(0, mbuf, mbuf + MBUF_BYTES);
    this.#view.setBigUint64(mbuf, PACKET_DELTA + BigInt(mbuf + MBUF_BYTES), true);
    this.#view.setUint16(mbuf + 16, HEADROOM, true);
    this.#view.setUint16(mbuf + 18, 1, true);
    this.#view.setUint16(mbuf + 20, 1, true);
    this.#view.setUint16(mbuf + 54, DATA_ROOM, true);
    return mbuf;
  }

  /** One that holds a frame, chained where asked. */
  holding(port: number, frame: Uint8Array, options: ReceivedFrame): number {
    const step = Math.min(options.segmentBytes ?? DATA_ROOM - HEADROOM, DATA_ROOM - HEADROOM);
    const segments: number[] = [];
    for (let at = 0; at < Math.max(frame.length, 1); at += step) {
      const segment = this.blank();
      const part = frame.subarray(at, at + step);
      this.#bytes.set(part, segment + MBUF_BYTES + HEADROOM);
      this.#view.setUint16(segment + 40, part.length, true);
      this.#view.setUint32(segment + 36, part.length, true);
      segments.push(segment);
    }
    segments.forEach((segment, i) => {
      const next = segments[i + 1];
      this.#view.setBigUint64(segment + 64, next === undefined ? 0n : PACKET_DELTA + BigInt(next), true);
    });
    const [first = this.blank()] = segments;
    this.#view.setUint16(first + 20, segments.length, true);
    this.#view.setUint16(first + 22, port, true);
    this.#view.setBigUint64(first + 24, options.olFlags ?? 0n, true);
    this.#view.setUint32(first + 36, frame.length, true);
    this.#view.setUint16(first + 42, options.vlanTci ?? 0, true);
    return first;
  }

  /** Takes the first bytes of its data off. */
  strip(mbuf: number, bytes: number): void {
    this.#view.setUint16(mbuf + 16, HEADROOM + bytes, true);
    this.#view.setUint16(mbuf + 40, this.#view.getUint16(mbuf + 40, true) - bytes, true);
    this.#view.setUint32(mbuf + 36, this.#view.getUint32(mbuf + 36, true) - bytes, true);
  }

  /** The data of all of its segments. */
  contents(mbuf: number): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let segment = mbuf; segment; segment = this.#next(segment)) {
      const buffer = Number(this.#view.getBigUint64(segment, true) - PACKET_DELTA);
      const data = buffer + this.#view.getUint16(segment + 16, true);
      parts.push(this.#bytes.slice(data, data + this.#view.getUint16(segment + 40, true)));
    }
    return new Uint8Array(Buffer.concat(parts));
  }

  /** Takes all of its segments back. @throws Error where they were given back before */
  release(mbuf: number): void {
    if (this.#pool.includes(mbuf)) throw new Error(`buffer ${mbuf.toString(16)} was given back twice`);
    for (let segment = mbuf; segment; ) {
      const next = this.#next(segment);
      this.#pool.push(segment);
      segment = next;
    }
  }

  /** Takes one back that holds nothing. */
  giveBack(mbuf: number): void {
    this.#pool.push(mbuf);
  }

  #next(mbuf: number): number {
    const next = this.#view.getBigUint64(mbuf + 64, true);
    return next === 0n ? 0 : Number(next - PACKET_DELTA);
  }
}
