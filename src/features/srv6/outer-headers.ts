import { addressToBytes, type IpAddress } from '../../net/address.ts';

/** How segments are put round a packet (RFC 8986 5.1, 5.2). */
export type Encapsulation = 'h.encaps' | 'h.encaps.red';

/** The outer headers of a list of segments. */
export interface OuterHeaders {
  readonly bytes: Uint8Array;
  /** Where in them the protocol of the packet inside stands. */
  readonly protocolAt: number;
}

const IP6_BYTES = 40;
const NEXT_HEADER_AT = 6;
const HOP_LIMIT = 64;
const ROUTING = 43;
const SEGMENT_ROUTING = 4;

/** How many bytes a list of segments takes in front of a packet. */
export function headerBytes(encapsulation: Encapsulation, segments: number): number {
  const listed = encapsulation === 'h.encaps' ? segments : segments - 1;
  return IP6_BYTES + (listed === 0 ? 0 : 8 + listed * 16);
}

/**
 * Builds the headers that go in front of packets, but for what differs from one to the next. The reduced list leaves the
 * first segment out, which is the destination already, and the whole header where it is the only one.
 */
export function outerHeaders(
  encapsulation: Encapsulation,
  source: IpAddress,
  segments: readonly IpAddress[],
): OuterHeaders {
  const listed = encapsulation === 'h.encaps' ? segments : segments.slice(1);
  const bytes = new Uint8Array(headerBytes(encapsulation, segments.length));
  bytes[0] = 0x60;
  bytes[NEXT_HEADER_AT] = ROUTING;
  bytes[7] = HOP_LIMIT;
  bytes.set(addressToBytes(source), 8);
  const [first] = segments;
  if (first) bytes.set(addressToBytes(first), 24);
  if (listed.length === 0) return { bytes, protocolAt: NEXT_HEADER_AT };
  const header = bytes.subarray(IP6_BYTES);
  header.set([0, listed.length * 2, SEGMENT_ROUTING, segments.length - 1, listed.length - 1]);
  for (const [place, segment] of [...listed].reverse().entries())
    header.set(addressToBytes(segment), 8 + place * 16);
  return { bytes, protocolAt: IP6_BYTES };
}
