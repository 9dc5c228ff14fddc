import { after, type Cursor, ipv6At, payload, truncated } from './cursor.ts';
import type { Layer } from './layers.ts';

/** Decodes the packet that an ICMP error quotes. */
export type DecodeOriginal = (cursor: Cursor) => readonly Layer[];

const icmpErrors = new Set([3, 4, 5, 11, 12]);

/** RFC 792. */
export function decodeIcmp(cursor: Cursor, decodeOriginal: DecodeOriginal): readonly Layer[] {
  if (cursor.length < 8) return [truncated('icmp', 8, cursor)];
  const header = { layer: 'icmp', ...commonFields(cursor) } as const;
  const rest = after(cursor, 8);
  if (icmpErrors.has(header.type) && rest.length > 0) return [{ ...header, original: decodeOriginal(rest) }];
  return [header, ...payload(rest)];
}

/** RFC 4443, and the targets of RFC 4861 section 4.3 and 4.4. */
export function decodeIcmpv6(cursor: Cursor, decodeOriginal: DecodeOriginal): readonly Layer[] {
  if (cursor.length < 8) return [truncated('icmpv6', 8, cursor)];
  const header = { layer: 'icmpv6', ...commonFields(cursor) } as const;
  const rest = after(cursor, 8);
  if (header.type < 128 && rest.length > 0) return [{ ...header, original: decodeOriginal(rest) }];
  if (header.type !== 135 && header.type !== 136) return [header, ...payload(rest)];
  if (rest.length < 16) return [header, truncated('icmpv6 target', 16, rest)];
  return [{ ...header, target: ipv6At(rest, 0) }, ...payload(after(rest, 16))];
}

function commonFields({ view }: Cursor) {
  return {
    type: view.getUint8(0),
    code: view.getUint8(1),
    checksum: view.getUint16(2),
    rest: view.getUint32(4),
  };
}
