import { addressFromBytes, formatAddress } from '../address.ts';
import { formatMac, macFromBytes } from '../mac.ts';
import type { Layer } from './layers.ts';

/** A run of bytes still to be decoded; reads outside of it throw a RangeError. */
export interface Cursor {
  readonly view: DataView;
  readonly length: number;
}

/** Opens a view on bytes without copying them. */
export function cursorOf(bytes: Uint8Array): Cursor {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), length: bytes.byteLength };
}

/** Gives the bytes after the first `count`, at most `most` of them. */
export function after(cursor: Cursor, count: number, most = Number.POSITIVE_INFINITY): Cursor {
  const start = Math.min(count, cursor.length);
  const length = Math.max(0, Math.min(cursor.length - start, most));
  return { view: new DataView(cursor.view.buffer, cursor.view.byteOffset + start, length), length };
}

/** Says that a header needs more bytes than are left. */
export function truncated(header: string, needed: number, cursor: Cursor): Layer {
  return { layer: 'truncated', header, needed, present: cursor.length };
}

/** Gives the payload layer of what is left, or nothing when nothing is left. */
export function payload(cursor: Cursor): readonly Layer[] {
  return cursor.length === 0 ? [] : [{ layer: 'payload', length: cursor.length }];
}

export function macAt(cursor: Cursor, offset: number): string {
  return formatMac(macFromBytes(bytesAt(cursor, offset, 6)));
}

export function ipv4At(cursor: Cursor, offset: number): string {
  return formatAddress(addressFromBytes(bytesAt(cursor, offset, 4)));
}

export function ipv6At(cursor: Cursor, offset: number): string {
  return formatAddress(addressFromBytes(bytesAt(cursor, offset, 16)));
}

function bytesAt(cursor: Cursor, offset: number, length: number): Uint8Array {
  return new Uint8Array(cursor.view.buffer, cursor.view.byteOffset + offset, length);
}
