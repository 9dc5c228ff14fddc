import { Finding } from '../finding.ts';

/** Bytes of an mbuf's record, of the room behind it, and of the gap to the next one that nobody may write. */
export const MBUF_BYTES = 128;
export const ROOM_BYTES = 2176;
const GUARD_BYTES = 64;
export const STRIDE = MBUF_BYTES + ROOM_BYTES + GUARD_BYTES;
/** The same in words of four bytes. */
const STRIDE_WORDS = STRIDE / 4;
/** Any address of the host process will do: the datapath only ever subtracts it. */
export const DELTA = 0x7f00_0000_0000n;
const DELTA_HIGH = Number(DELTA >> 32n);
const POOL_LOW = 0x0badcafe;
const HEADROOM = 128;
/** How far from a packet's bytes each buffer is looked at when it comes back. */
const NEAR_BYTES = 8;

/** Where fields lie in a buffer's words (struct rte_mbuf, as src/engine/datapath/packet.ts draws it). */
const word = {
  bufAddr: 0,
  dataOff: 4,
  nbSegs: 5,
  olFlags: 6,
  packetType: 8,
  pktLen: 9,
  dataLen: 10,
  rss: 11,
  bufLen: 13,
  pool: 14,
  next: 16,
  txOffload: 18,
  shinfo: 20,
  privSize: 22,
  ours: 23,
  end: 32,
} as const;

/**
 * The buffers of one way through the datapath, each accounted for. What no packet covers is filled with one value,
 * the poison, and so is what a driver leaves as it was in an mbuf's record.
 */
export class Buffers {
  readonly base: number;
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  #poison = 0;
  #poisonWord = 0;
  /** Free buffers, the one used last on top. */
  readonly #free: Int32Array;
  #freeCount = 0;
  /** Whether each buffer is out, and from where to where it was written as far as we know. */
  readonly #out: Uint8Array;
  readonly #from: Uint16Array;
  readonly #to: Uint16Array;

  constructor(memory: ArrayBufferLike, { base, count }: { base: number; count: number }) {
    this.base = base;
    this.words = new Uint32Array(memory, base, count * STRIDE_WORDS);
    this.bytes = new Uint8Array(memory, base, count * STRIDE);
    this.view = new DataView(memory, base, count * STRIDE);
    this.#free = new Int32Array(count);
    this.#out = new Uint8Array(count);
    this.#from = new Uint16Array(count);
    this.#to = new Uint16Array(count);
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
    this.#freeCount = this.#free.length;
    for (let i = 0; i < this.#freeCount; i++) this.#free[i] = this.#freeCount - 1 - i;
  }

  /** Buffers that are not in the pool. */
  get outCount(): number {
    return this.#free.length - this.#freeCount;
  }

  get freeCount(): number {
    return this.#freeCount;
  }

  /** Takes a buffer as the pool gives it: empty, its own record's stale fields poisoned. */
  take(): number {
    if (this.#freeCount === 0) throw new Error('the fuzzer has too few buffers for this burst');
    const index = this.#free[--this.#freeCount] ?? 0;
    this.#out[index] = 1;
    this.#from[index] = HEADROOM;
    this.#to[index] = HEADROOM;
    const at = index * STRIDE_WORDS;
    const words = this.words;
    for (let i = 0; i < word.end; i++) words[at + i] = this.#poisonWord;
    words[at] = this.base + index * STRIDE + MBUF_BYTES;
    words[at + 1] = DELTA_HIGH;
    words[at + word.dataOff] = HEADROOM | (1 << 16);
    words[at + word.nbSegs] = 1 | (0xffff << 16);
    words[at + word.olFlags] = 0;
    words[at + word.olFlags + 1] = 0;
    words[at + word.packetType] = 0;
    words[at + word.pktLen] = 0;
    words[at + word.dataLen] = 0;
    words[at + word.bufLen] = ROOM_BYTES << 16;
    words[at + word.pool] = POOL_LOW;
    words[at + word.pool + 1] = DELTA_HIGH;
    words[at + word.next] = 0;
    words[at + word.next + 1] = 0;
    words[at + word.txOffload] = 0;
    words[at + word.txOffload + 1] = 0;
    words[at + word.privSize] = 0;
    return index;
  }

  /** Fills a buffer with a segment of a received packet; its room ends `tailroom` behind the bytes. */
  fill(
    index: number,
    from: Uint8Array,
    part: { start: number; length: number; headroom: number; tailroom: number },
  ): void {
    const { start, length, headroom } = part;
    const at = index * STRIDE_WORDS;
    const room = Math.min(ROOM_BYTES, headroom + length + part.tailroom);
    this.words[at + word.dataOff] = headroom | (1 << 16);
    this.words[at + word.dataLen] = length;
    this.words[at + word.pktLen] = length;
    this.words[at + word.bufLen] = (room << 16) | (this.#poisonWord & 0xffff);
    this.words[at + word.txOffload] = this.#poisonWord;
    this.words[at + word.txOffload + 1] = this.#poisonWord;
    this.#from[index] = headroom;
    this.#to[index] = headroom + length;
    const to = index * STRIDE + MBUF_BYTES + headroom;
    if (length > 96) this.bytes.set(from.subarray(start, start + length), to);
    else for (let i = 0; i < length; i++) this.bytes[to + i] = from[start + i] ?? 0;
  }

  /** Says what the driver says of a whole packet in its first segment. */
  describe(
    index: number,
    packet: { length: number; segments: number; port: number; flagsLow: number; flagsHigh: number },
  ): void {
    const at = index * STRIDE_WORDS;
    this.words[at + word.nbSegs] = packet.segments | (packet.port << 16);
    this.words[at + word.pktLen] = packet.length;
    this.words[at + word.olFlags] = packet.flagsLow;
    this.words[at + word.olFlags + 1] = packet.flagsHigh;
  }

  chain(index: number, next: number): void {
    const at = index * STRIDE_WORDS + word.next;
    this.words[at] = this.base + next * STRIDE;
    this.words[at + 1] = DELTA_HIGH;
  }

  address(index: number): number {
    return this.base + index * STRIDE;
  }

  /** The buffer at an address that the datapath has given us. */
  indexOf(address: number): number {
    const index = (address - this.base) / STRIDE;
    if (Number.isInteger(index) && index >= 0 && index < this.#free.length) return index;
    throw new Finding('every buffer once', `0x${address.toString(16)} is no buffer of this worker`);
  }

  packetLength(index: number): number {
    return this.words[index * STRIDE_WORDS + word.pktLen] ?? 0;
  }

  flagsHigh(index: number): number {
    return this.words[index * STRIDE_WORDS + word.olFlags + 1] ?? 0;
  }

  txOffload(index: number): number {
    return this.words[index * STRIDE_WORDS + word.txOffload] ?? 0;
  }

  segments(index: number): number {
    return (this.words[index * STRIDE_WORDS + word.nbSegs] ?? 0) & 0xffff;
  }

  /** Where a segment's bytes start in `bytes`, and how many there are. */
  dataAt(index: number): number {
    return index * STRIDE + MBUF_BYTES + ((this.words[index * STRIDE_WORDS + word.dataOff] ?? 0) & 0xffff);
  }

  dataLength(index: number): number {
    return (this.words[index * STRIDE_WORDS + word.dataLen] ?? 0) & 0xffff;
  }

  /** The next segment, or -1. */
  next(index: number): number {
    const low = this.words[index * STRIDE_WORDS + word.next] ?? 0;
    return low === 0 ? -1 : this.indexOf(low);
  }

  /** Sets what the stages tell each other, as the control thread does with a packet that it injects. */
  tell(
    index: number,
    fields: { iface: number; output: number; nextHop: number; vrf: number; etherType: number },
  ): void {
    const at = index * STRIDE_WORDS + word.ours;
    this.words[at] = fields.iface | (fields.output << 16);
    this.words[at + 1] = fields.nextHop;
    this.words[at + 2] = fields.vrf | (0xffff << 16);
    this.words[at + 3] = 0;
    this.words[at + 4] = 0;
    this.words[at + 5] = fields.etherType;
    this.words[at + 6] = 0;
    this.words[at + 7] = 0;
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
    const at = index * STRIDE_WORDS;
    const words = this.words;
    if (words[at] !== this.base + index * STRIDE + MBUF_BYTES || words[at + 1] !== DELTA_HIGH) {
      throw new Finding('every buffer once', 'a buffer came back with another address in its record');
    }
    if (words[at + word.pool] !== POOL_LOW || (words[at + word.dataOff] ?? 0) >>> 16 !== 1) {
      throw new Finding('every buffer once', 'a buffer came back with another pool or reference count');
    }
    const start = (words[at + word.dataOff] ?? 0) & 0xffff;
    const end = start + this.dataLength(index);
    if (end > (words[at + word.bufLen] ?? 0) >>> 16) {
      throw new Finding('every buffer once', `a segment ends at ${end}, behind its buffer`);
    }
    this.#poisonAgain(index, Math.min(start, this.#from[index] ?? 0), Math.max(end, this.#to[index] ?? 0));
  }

  /** Looks at the poison around what a packet covered, and covers that with poison again. */
  #poisonAgain(index: number, from: number, to: number): void {
    const room = index * STRIDE + MBUF_BYTES;
    const start = room + from;
    const end = room + to;
    if (from >= NEAR_BYTES) this.#expectPoison(index, start - NEAR_BYTES);
    this.#expectPoison(index, end);
    if (to - from > 64) this.bytes.fill(this.#poison, start, end);
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
