import {
  PROTOCOL_AUTHENTICATION,
  PROTOCOL_DESTINATION_OPTIONS,
  PROTOCOL_FRAGMENT,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_ROUTING,
} from './ip-protocols';
import { IP6_HEADER_BYTES, IP6_NEXT_HEADER_OFFSET, Ip6Header } from './ip6-header';

// IPv6 extension headers (RFC 8200 4): each begins with the number of the next one, and but for the fragment
// header's its second byte tells its length in units of 8 bytes beyond the first.

/** Bits of a fragment header's third and fourth bytes as they lie: the offset, and that more follow. */
export const IP6_FRAGMENT_OFFSET_RAW: u16 = 0xf8ff;
export const IP6_MORE_FRAGMENTS_RAW: u16 = 0x0100;
export const IP6_FRAGMENT_BYTES: u32 = 8;

/**
 * Where a packet's upper-layer header lies, counted from the IPv6 header (low half), and its protocol (high
 * half). Zero when the first `bytes` do not hold all headers before it, or the packet is a fragment but not the first.
 */
export function upperLayer6(header: Ip6Header, bytes: u32): u32 {
  const base = changetype<usize>(header);
  let protocol: u32 = header.nextHeader;
  let at = IP6_HEADER_BYTES;
  while (isExtension(protocol)) {
    if (at + 8 > bytes) return 0;
    if (protocol == PROTOCOL_FRAGMENT && load<u16>(base + at, 2) & IP6_FRAGMENT_OFFSET_RAW) return 0;
    const length = extensionBytes(protocol, base + at);
    protocol = load<u8>(base + at);
    at += length;
  }
  return at <= bytes ? (protocol << 16) | at : 0;
}

/**
 * The headers that every fragment of a packet repeats, hop-by-hop options and routing (RFC 8200 4.5): their length,
 * the IPv6 header included (low half), and where the number of what follows them lies (high half). Zero when the
 * first `bytes` of the packet do not hold them.
 */
export function perFragmentHeaders(header: Ip6Header, bytes: u32): u32 {
  const base = changetype<usize>(header);
  let protocol: u32 = header.nextHeader;
  let nextHeaderAt = IP6_NEXT_HEADER_OFFSET;
  let at = IP6_HEADER_BYTES;
  let found = (nextHeaderAt << 16) | at;
  while (isOption(protocol) || protocol == PROTOCOL_ROUTING) {
    if (at + 8 > bytes) return 0;
    const ends = protocol != PROTOCOL_DESTINATION_OPTIONS;
    nextHeaderAt = at;
    at += extensionBytes(protocol, base + at);
    protocol = load<u8>(base + nextHeaderAt);
    if (ends) found = (nextHeaderAt << 16) | at;
  }
  return (found & 0xffff) <= bytes ? found : 0;
}

/** Length of an extension header of which 8 bytes are there. */
export function extensionBytes(protocol: u32, at: usize): u32 {
  if (protocol == PROTOCOL_FRAGMENT) return IP6_FRAGMENT_BYTES;
  const units: u32 = load<u8>(at, 1);
  return protocol == PROTOCOL_AUTHENTICATION ? (units + 2) << 2 : (units + 1) << 3;
}

/**
 * The first option of a hop-by-hop or destination options header (`bytes` from `options` on) that a station
 * which knows none must not skip (RFC 8200 4.2): its offset in the header. Zero when all may be skipped,
 * BROKEN_OPTION when one does not fit.
 */
export function refusedOption(options: usize, bytes: u32): u32 {
  let at: u32 = 2;
  while (at < bytes) {
    const type = load<u8>(options + at);
    if (type == OPTION_PAD1) {
      at++;
      continue;
    }
    if (at + 2 > bytes) return BROKEN_OPTION;
    const next = at + 2 + load<u8>(options + at, 1);
    if (next > bytes) return BROKEN_OPTION;
    if (type & OPTION_ACTION) return at;
    at = next;
  }
  return 0;
}

/** An option that does not fit its header. */
export const BROKEN_OPTION: u32 = 0xffffffff;
/** What to do about an option that is not known, in its type's two highest bits: zero is to skip it. */
export const OPTION_ACTION: u32 = 0xc0;
export const OPTION_DISCARD: u32 = 0x40;
export const OPTION_REPORT: u32 = 0x80;
export const OPTION_REPORT_UNLESS_MULTICAST: u32 = 0xc0;
const OPTION_PAD1: u32 = 0;

/** Tells the headers that may lie between an IPv6 header and what the packet carries (RFC 8200 4, RFC 4302). */
export function isExtension(protocol: u32): bool {
  return (
    isOption(protocol) ||
    protocol == PROTOCOL_ROUTING ||
    protocol == PROTOCOL_FRAGMENT ||
    protocol == PROTOCOL_AUTHENTICATION
  );
}

/** @inline */
function isOption(protocol: u32): bool {
  return protocol == PROTOCOL_HOP_BY_HOP || protocol == PROTOCOL_DESTINATION_OPTIONS;
}
