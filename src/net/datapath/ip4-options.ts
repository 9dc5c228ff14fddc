import { checksumOf, sumBytes } from './checksum';
import { IP4_HEADER_BYTES, Ip4Header } from './ip4-header';

// IPv4 options (RFC 791 3.1): after the 20 fixed bytes, each a type byte alone or type, length and data.
// Every walk stops at the first option that does not fit its header.

export const OPTION_RECORD_ROUTE: u32 = 7;
export const OPTION_LOOSE_SOURCE_ROUTE: u32 = 131;
export const OPTION_STRICT_SOURCE_ROUTE: u32 = 137;

const OPTION_END: u32 = 0;
const OPTION_NO_OPERATION: u32 = 1;
/** Bit of a type: the option goes into every fragment. */
const COPIED: u32 = 0x80;
/** What a route's first address lies at, counted from one as pointers are. */
const FIRST_POINTER: u32 = 4;

/** Where in the header the first malformed option starts; zero when there is none. */
export function malformedOption(header: Ip4Header): u32 {
  const end = header.headerBytes;
  let at = IP4_HEADER_BYTES;
  while (at < end) {
    const next = afterOption(header, at);
    if (!next) return at;
    at = next;
  }
  return 0;
}

/** Where in the header an option of a type starts; zero when there is none. */
export function findOption(header: Ip4Header, type: u32): u32 {
  const end = header.headerBytes;
  let at = IP4_HEADER_BYTES;
  while (at && at < end) {
    if (typeAt(header, at) == type) return afterOption(header, at) ? at : 0;
    at = afterOption(header, at);
  }
  return 0;
}

/** Tells whether a packet wants to be routed by its sender. */
export function isSourceRouted(header: Ip4Header): bool {
  return (
    findOption(header, OPTION_LOOSE_SOURCE_ROUTE) != 0 || findOption(header, OPTION_STRICT_SOURCE_ROUTE) != 0
  );
}

/** Adds the router's address to a record route option that has room left (RFC 1812 5.2.4.1). */
export function recordRoute(header: Ip4Header, addressRaw: u32): void {
  const at = findOption(header, OPTION_RECORD_ROUTE);
  if (!at) return;
  const option = changetype<usize>(header) + at;
  const length: u32 = load<u8>(option, 1);
  const pointer: u32 = load<u8>(option, 2);
  if (length < 3 || pointer < FIRST_POINTER || pointer + 3 > length) return;
  store<u32>(option + pointer - 1, addressRaw);
  store<u8>(option, <u8>(pointer + 4), 2);
  header.checksumRaw = 0;
  header.checksumRaw = checksumOf(sumBytes(changetype<usize>(header), header.headerBytes));
}

/** Bytes that the options of every fragment but the first need, padded to whole words. */
export function copiedOptionBytes(header: Ip4Header): u32 {
  return copyOptions(header, 0);
}

/** Writes the options that every fragment carries to `to`, padded with ends of options; returns their length. */
export function copyOptions(header: Ip4Header, to: usize): u32 {
  const end = header.headerBytes;
  let at = IP4_HEADER_BYTES;
  let copied: u32 = 0;
  while (at < end) {
    const next = afterOption(header, at);
    if (!next) break;
    if (typeAt(header, at) & COPIED) {
      if (to) memory.copy(to + copied, changetype<usize>(header) + at, next - at);
      copied += next - at;
    }
    at = next;
  }
  const length = (copied + 3) & ~3;
  if (to) memory.fill(to + copied, <u8>OPTION_END, length - copied);
  return length;
}

/** Where the option behind the one at `at` starts, the header's end behind the last; zero when it is malformed. */
function afterOption(header: Ip4Header, at: u32): u32 {
  const end = header.headerBytes;
  const type = typeAt(header, at);
  if (type == OPTION_END) return end;
  if (type == OPTION_NO_OPERATION) return at + 1;
  if (at + 2 > end) return 0;
  const next = at + load<u8>(changetype<usize>(header) + at, 1);
  return next >= at + 2 && next <= end ? next : 0;
}

/** @inline */
function typeAt(header: Ip4Header, at: u32): u32 {
  return load<u8>(changetype<usize>(header) + at);
}
