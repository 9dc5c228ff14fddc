import { Finding } from '../finding.ts';

/** Bytes of an mbuf's record, of the room behind it, and of the gap to the next one that nobody may write. */
export const MBUF_BYTES = 128;
export const ROOM_BYTES = 2176;
const GUARD_BYTES = 64;
export const STRIDE = MBUF_BYTES + ROOM_BYTES + GUARD_BYTES;
/** The same in words of four bytes. */
export const STRIDE_WORDS = STRIDE / 4;
/** Any address of the host process will do: the datapath only ever subtracts it. */
export const DELTA = 0x7f00_0000_0000n;
const DELTA_HIGH = Number(DELTA >> 32n);
const POOL_LOW = 0x0badcafe;
export const HEADROOM = 128;
/** Where fields lie in a buffer's words (struct rte_mbuf, as src/engine/datapath/packet.ts draws it). */
export const word = {
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

/** A part of an input, and the room around it. */
export interface Part {
  readonly start: number;
  readonly length: number;
  readonly headroom: number;
  readonly tailroom: number;
}

/** The memory of a row of mbufs, and the fields of their records. */
export class Records {
  readonly base: number;
  readonly count: number;
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(memory: ArrayBufferLike, { base, count }: { base: number; count: number }) {
    this.base = base;
    this.count = count;
    this.words = new Uint32Array(memory, base, count * STRIDE_WORDS);
    this.bytes = new Uint8Array(memory, base, count * STRIDE);
    this.view = new DataView(memory, base, count * STRIDE);
  }

  /** Makes a record that of an empty buffer as the pool gives it; what the pool leaves stale holds `stale`. */
  clear(index: number, stale: number): void {
    const at = index * STRIDE_WORDS;
    const words = this.words;
    for (let i = 0; i < word.end; i++) words[at + i] = stale;
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
  }

  /** Lays a segment of a received packet into a buffer, whose room ends behind it. */
  lay(index: number, from: Uint8Array, part: Part, stale: number): void {
    const { start, length, headroom } = part;
    const at = index * STRIDE_WORDS;
    const room = Math.min(ROOM_BYTES, headroom + length + part.tailroom);
    this.words[at + word.dataOff] = headroom | (1 << 16);
    this.words[at + word.dataLen] = length | ((stale & 0xffff) << 16);
    this.words[at + word.pktLen] = length;
    this.words[at + word.bufLen] = (room << 16) | (stale & 0xffff);
    this.words[at + word.txOffload] = stale;
    this.words[at + word.txOffload + 1] = stale;
    const to = index * STRIDE + MBUF_BYTES + headroom;
    if (length > 96) this.bytes.set(from.subarray(start, start + length), to);
    else for (let i = 0; i < length; i++) this.bytes[to + i] = from[start + i] ?? 0;
  }

  /** Says what the driver says of a whole packet in its first segment. */
  describe(
    index: number,
    packet: {
      readonly length: number;
      readonly segments: number;
      readonly port: number;
      readonly flagsLow: number;
      readonly flagsHigh: number;
      /** The VLAN tag that was taken off, and the hash of the flow, where flags say that they are told. */
      readonly tag?: number | undefined;
      readonly hash?: number | undefined;
    },
  ): void {
    const at = index * STRIDE_WORDS;
    this.words[at + word.nbSegs] = packet.segments | (packet.port << 16);
    this.words[at + word.pktLen] = packet.length;
    this.words[at + word.olFlags] = packet.flagsLow;
    this.words[at + word.olFlags + 1] = packet.flagsHigh;
    if (packet.hash !== undefined) this.words[at + word.rss] = packet.hash;
    if (packet.tag === undefined) return;
    this.words[at + word.dataLen] = this.dataLength(index) | (packet.tag << 16);
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
    if (Number.isInteger(index) && index >= 0 && index < this.count) return index;
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

  /** Whether what only the pool may write is as it was. */
  isSound(index: number): boolean {
    const at = index * STRIDE_WORDS;
    const { words } = this;
    const own = words[at] === this.base + index * STRIDE + MBUF_BYTES && words[at + 1] === DELTA_HIGH;
    return own && words[at + word.pool] === POOL_LOW && (words[at + word.dataOff] ?? 0) >>> 16 === 1;
  }

  /** Where a segment's bytes start in its room, and where the room ends. */
  startOf(index: number): number {
    return (this.words[index * STRIDE_WORDS + word.dataOff] ?? 0) & 0xffff;
  }

  roomOf(index: number): number {
    return (this.words[index * STRIDE_WORDS + word.bufLen] ?? 0) >>> 16;
  }
}
