import { sum16 } from '../check/bytes.ts';
import { type Input, ipOffsetOf } from '../input.ts';
import type { World } from '../world.ts';
import { ROOM_BYTES } from './records.ts';
import type { Way } from './way.ts';

/** Most segments of one packet. */
const MOST_SEGMENTS = 64;
/** Bits of olFlags (rte_mbuf_core.h); those of the upper half ask a port for something. */
const RX_VLAN = 1 << 0;
const RX_RSS_HASH = 1 << 1;
const RX_VLAN_STRIPPED = 1 << 6;
const RX_L4_CKSUM_BAD = 1 << 3;
const RX_IP_CKSUM_BAD = 1 << 4;
const RX_IP_CKSUM_GOOD = 1 << 7;
const RX_L4_CKSUM_GOOD = 1 << 8;
const TX_TCP_SEGMENTS = 1 << 18;
const TX_TCP = 1 << 20;
const TX_UDP = 3 << 20;
const TX_IP_CKSUM = 1 << 22;
const TX_IP4 = 1 << 23;
const TX_VLAN = 1 << 25;

/** Puts an input into buffers of a way, and those where it comes in: at a port, or from the host to a stage. */
export function placeInput(way: Way, world: World, input: Input, number: number): void {
  const packet = fillBuffers(way, input, world.stripsTags(input.port));
  way.inputOf[packet] = number;
  if (input.entry === 'wire') {
    way.receive(packet);
    return;
  }
  const vrf = input.port === 3 ? 2 : 1;
  const iface = input.entry === 'tap-input' ? input.port : 0;
  way.buffers.tell(packet, { iface, output: input.port, nextHop: 0, vrf, etherType: 0 });
  way.inject(packet, world.node(input.entry));
}

function fillBuffers({ buffers }: Way, given: Input, strips: boolean): number {
  const tag = strips ? tagTaken(given) : undefined;
  const input = tag === undefined ? given : withoutTag(given);
  const first = buffers.take();
  const headroom = Math.min(input.headroom, 256);
  const most = ROOM_BYTES - headroom;
  const rest = Math.max(1, Math.ceil(input.length / MOST_SEGMENTS), input.otherSegments || most);
  let start = 0;
  let segments = 0;
  let last = first;
  const moves = mayMove(input);
  do {
    const index = segments === 0 ? first : buffers.take();
    const wanted = segments === 0 ? input.firstSegment || most : rest;
    const length = Math.min(wanted, most, input.length - start);
    buffers.fill(index, input.bytes, { start, length, headroom, tailroom: input.tailroom }, moves);
    if (segments > 0) buffers.chain(last, index);
    start += length;
    segments++;
    last = index;
  } while (start < input.length);
  const flags = flagsOf(input);
  buffers.describe(first, {
    length: input.length,
    segments,
    port: input.port,
    flagsLow:
      flags.low | (tag === undefined ? 0 : RX_VLAN | RX_VLAN_STRIPPED) | (given.hash ? RX_RSS_HASH : 0),
    flagsHigh: flags.high,
    tag,
    hash: given.hash || undefined,
  });
  return first;
}

/** Whether a packet, or one in it, may go to a list of segments: these put more in front than packets have room for. */
function mayMove({ bytes, length }: Input): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  return listed.some(({ start, first, last }) => {
    for (let at = buffer.indexOf(start); at >= 0; at = buffer.indexOf(start, at + 1)) {
      const place = buffer[at + start.length] ?? 0;
      if (place >= first && place <= last) return true;
    }
    return false;
  });
}

/** 198.51.136.0 to 198.51.141.0, and 2001:db8:114:: to 2001:db8:119:: (fuzz/overlays/srv6.ts). */
const listed = [
  { start: Buffer.of(198, 51), first: 136, last: 141 },
  { start: Buffer.of(0x20, 0x01, 0x0d, 0xb8, 0x01), first: 0x14, last: 0x19 },
];

/** The tag that the driver takes off, if it does. */
function tagTaken({ stripped, entry, length, view }: Input): number | undefined {
  if (!stripped || entry !== 'wire' || length < 18) return undefined;
  const type = view.getUint16(12);
  return type === 0x8100 || type === 0x88a8 ? view.getUint16(14) : undefined;
}

function withoutTag(input: Input): Input {
  const bytes = input.bytes.slice(0, input.length);
  bytes.copyWithin(12, 16);
  return { ...input, bytes, view: new DataView(bytes.buffer), length: input.length - 4 };
}

/** What the driver says: of an IPv4 header's checksum always the truth, of others what a peer on this host may lie. */
function flagsOf(input: Input): { readonly low: number; readonly high: number } {
  if (input.offload === 'nothing') return { low: 0, high: 0 };
  if (input.offload === 'checked') return { low: RX_L4_CKSUM_GOOD | headerVerdict(input), high: 0 };
  if (input.offload === 'unfinished')
    return { low: RX_L4_CKSUM_GOOD | RX_L4_CKSUM_BAD | headerVerdict(input), high: 0 };
  if (input.offload === 'tx-udp') return { low: 0, high: TX_UDP | TX_IP4 };
  if (input.offload === 'tx-tcp') return { low: 0, high: TX_TCP | TX_IP4 };
  if (input.offload === 'tx-tcp-segments') return { low: 0, high: TX_TCP_SEGMENTS | TX_IP4 };
  return { low: 0, high: TX_IP_CKSUM | TX_VLAN };
}

function headerVerdict(input: Input): number {
  const ip = ipOffsetOf(input);
  const version = input.bytes[ip] ?? 0;
  if (input.length < ip + 20 || version >> 4 !== 4) return 0;
  const bytes = (version & 15) * 4;
  const holds = input.length >= ip + bytes && sum16(input.view, ip, bytes) === 0xffff;
  return holds ? RX_IP_CKSUM_GOOD : RX_IP_CKSUM_BAD;
}
