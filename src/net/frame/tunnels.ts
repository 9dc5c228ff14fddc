import { after, type Cursor, payload, truncated } from './cursor.ts';
import type { GreLayer, Layer } from './layers.ts';

/** What the datagrams to a UDP port carry. */
export type TunnelPorts = ReadonlyMap<number, 'vxlan' | 'mpls'>;

/** The ports that are everybody's (RFC 7348, RFC 7510). */
export const wellKnownPorts: TunnelPorts = new Map([
  [4789, 'vxlan'],
  [6635, 'mpls'],
]);

/** How what tunnels carry is decoded, by the number that an ethertype gives it. */
export interface Carried {
  readonly ports: TunnelPorts;
  decode(etherType: number, cursor: Cursor): readonly Layer[];
}

/** A frame inside, as GRE calls it (RFC 1701). */
export const TYPE_FRAME = 0x6558;
const TYPE_MPLS = 0x8847;

/** Decodes what a datagram to a port carries. */
export function decodeDatagram(port: number, cursor: Cursor, carried: Carried): readonly Layer[] {
  const kind = carried.ports.get(port);
  if (kind === 'vxlan') return decodeVxlan(cursor, carried);
  return kind === 'mpls' ? carried.decode(TYPE_MPLS, cursor) : payload(cursor);
}

/** RFC 7348 section 5. */
function decodeVxlan(cursor: Cursor, carried: Carried): readonly Layer[] {
  if (cursor.length < 8) return [truncated('vxlan', 8, cursor)];
  const flags = cursor.view.getUint8(0);
  const vni = cursor.view.getUint32(4) >>> 8;
  return [{ layer: 'vxlan', flags, vni }, ...carried.decode(TYPE_FRAME, after(cursor, 8))];
}

/** RFC 2784 with the key and sequence number of RFC 2890; what has other fields, or another version, stays bytes. */
export function decodeGre(cursor: Cursor, carried: Carried): readonly Layer[] {
  if (cursor.length < 4) return [truncated('gre', 4, cursor)];
  const flags = cursor.view.getUint16(0);
  const etherType = cursor.view.getUint16(2);
  const length = greLength(flags);
  if (flags & OTHER_FIELDS) return [{ layer: 'gre', etherType }, ...payload(after(cursor, 4))];
  if (cursor.length < length) return [truncated('gre', length, cursor)];
  const header: GreLayer = { layer: 'gre', etherType, ...(flags & KEY ? { key: keyOf(flags, cursor) } : {}) };
  return [header, ...carried.decode(etherType, after(cursor, length))];
}

const CHECKSUM = 0x8000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
/** Routing and the bits beside it, and the version. */
const OTHER_FIELDS = 0x4fff & ~SEQUENCE;

function greLength(flags: number): number {
  return 4 + [CHECKSUM, KEY, SEQUENCE].filter((flag) => flags & flag).length * 4;
}

function keyOf(flags: number, cursor: Cursor): number {
  return cursor.view.getUint32(flags & CHECKSUM ? 8 : 4);
}
