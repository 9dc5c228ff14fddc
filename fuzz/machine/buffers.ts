import { Finding } from '../finding.ts';
import { HEADROOM, MBUF_BYTES, type Part, Records, STRIDE, STRIDE_WORDS, word } from './records.ts';

/** How far from a packet's bytes each buffer is looked at when it comes back. */
const NEAR_BYTES = 8;
/** Where a packet has less room than this in front, tunnels move it back: what was in front of it before may be anything. */
const ROOM_IN_FRONT = 112;

/**
 * The buffers of one way through the datapath, each accounted for. What no packet covers is filled with one value,
 * the poison, and so is what a driver leaves as it was in an mbuf's record.
 */
export class Buffers extends Records {
  #poison = 0;
  #poisonWord = 0;
  /** Free buffers, the one used last on top. */
  readonly #free: Int32Array;
  #freeCount = 0;
  /** Whether each buffer is out, and from where to where it was written as far as we know. */
  readonly #out: Uint8Array;
  readonly #from: Uint16Array;
  readonly #to: Uint16Array;
  /** Whether each may be moved back in its buffer, so that what was in front of it may be anything. */
  readonly #moves: Uint8Array;

  constructor(memory: ArrayBufferLike, options: { base: number; count: number }) {
    super(memory, options);
    const { count } = options;
    this.#free = new Int32Array(count);
    this.#out = new Uint8Array(count);
    this.#from = new Uint16Array(count);
    this.#to = new Uint16Array(count);
    this.#moves = new Uint8Array(count);
    this.reset(this.#poison);
  }

  /** The byte that all which no packet covers is filled with. */
  get poison(): number {
    return this.#poison;
  }

  /** Takes all buffers back and fills them with a byte. */
  reset(poison: number): void {
    this.#poison = poison;
    this.#poisonWord = (poison * 0x01010101) >>> 0;
    this.bytes.fill(this.#poison);
    this.#out.fill(0);
    this.#freeCount = this.count;
    for (let i = 0; i < this.#freeCount; i++) this.#free[i] = this.#freeCount - 1 - i;
  }

  /** Buffers that are not in the pool. */
  get outCount(): number {
    return this.count - this.#freeCount;
  }

  get freeCount(): number {
    return this.#freeCount;
  }

  /** Takes a buffer as the pool gives it: empty, with poison for what the pool leaves stale. */
  take(): number {
    if (this.#freeCount === 0) throw new Error('the fuzzer has too few buffers for this burst');
    const index = this.#free[--this.#freeCount] ?? 0;
    this.#out[index] = 1;
    this.#from[index] = HEADROOM;
    this.#to[index] = HEADROOM;
    this.#moves[index] = 1; // what is made here may have had labels that were taken off again
    this.clear(index, this.#poisonWord);
    return index;
  }

  /** Fills a buffer with a segment of a received packet; `moves` says that it may be put into more than there is room for. */
  fill(index: number, from: Uint8Array, part: Part, moves: boolean): void {
    this.#from[index] = part.headroom;
    this.#to[index] = part.headroom + part.length;
    this.#moves[index] = moves || part.headroom < ROOM_IN_FRONT || part.length === 0 ? 1 : 0;
    this.lay(index, from, part, this.#poisonWord);
  }

  /** Takes a packet, all its segments, back into the pool. */
  giveBack(first: number): void {
    for (let index = first; index >= 0; ) {
      const next = this.next(index);
      this.#check(index);
      this.#out[index] = 0;
      this.#free[this.#freeCount++] = index;
      index = next;
    }
  }

  /** Looks whether all that is free is still poisoned: finds writes far from any packet. */
  checkUntouched(): void {
    for (let i = 0; i < this.#freeCount; i++) {
      const index = this.#free[i] ?? 0;
      const end = (index + 1) * STRIDE_WORDS;
      for (let at = index * STRIDE_WORDS + word.end; at < end; at++) {
        if (this.words[at] !== this.#poisonWord) throw this.#written(index, at * 4 - index * STRIDE);
      }
    }
  }

  #check(index: number): void {
    if (!this.#out[index]) throw new Finding('every buffer once', 'a buffer was given back twice');
    if (!this.isSound(index)) {
      throw new Finding(
        'every buffer once',
        'a buffer came back with another address, pool or reference count',
      );
    }
    const start = this.startOf(index);
    const end = start + this.dataLength(index);
    if (end > this.roomOf(index)) {
      throw new Finding('every buffer once', `a segment ends at ${end}, behind its buffer`);
    }
    this.#poisonAgain(index, Math.min(start, this.#from[index] ?? 0), Math.max(end, this.#to[index] ?? 0));
  }

  /** Looks at the poison around what a packet covered, and covers that with poison again. */
  #poisonAgain(index: number, from: number, to: number): void {
    const room = index * STRIDE + MBUF_BYTES;
    const mayMove = this.#moves[index] === 1;
    const start = mayMove ? room : room + from;
    const end = room + to;
    if (!mayMove && from >= NEAR_BYTES) this.#expectPoison(index, start - NEAR_BYTES);
    this.#expectPoison(index, end);
    if (end - start > 64) this.bytes.fill(this.#poison, start, end);
    else for (let at = start; at < end; at++) this.bytes[at] = this.#poison;
  }

  /** Looks at NEAR_BYTES from a place on. */
  #expectPoison(index: number, at: number): void {
    const { view } = this;
    const poison = this.#poisonWord;
    if (view.getUint32(at) !== poison || view.getUint32(at + 4) !== poison)
      throw this.#written(index, at - index * STRIDE);
  }

  #written(index: number, at: number): Finding {
    return new Finding(
      'nothing beyond the packet',
      `bytes near ${at - MBUF_BYTES} of buffer ${index} were written, which no packet covers`,
    );
  }
}
