/*
 * Messages of rtnetlink (netlink(7), rtnetlink(7)):
 *
 *   | length 4 | type 2 | flags 2 | number 4 | port 4 | fixed part | attributes … |
 *   an attribute: | length 2 | type 2 | value, padded to 4 |
 */

/** A message to the kernel, and what it asks for in words of iproute2, for errors. */
export interface NetlinkMessage {
  readonly asks: string;
  readonly bytes: Buffer;
  /** Names of errors that are an answer to it as good as another. */
  readonly fine?: readonly string[];
}

/** A message of the kernel. */
export interface NetlinkAnswer {
  readonly type: number;
  readonly body: Buffer;
}

const HEADER_BYTES = 16;
const ATTRIBUTE_BYTES = 4;

/** Flags of every request: to be done, and answered. */
const REQUEST_ACK = 0x5;
export const CREATE_NEW = 0x600; // NLM_F_CREATE | NLM_F_EXCL
export const CREATE_OR_REPLACE = 0x500; // NLM_F_CREATE | NLM_F_REPLACE
export const DUMP = 0x300;

/** Writes a message. */
export function netlinkMessage(
  asks: string,
  { type, flags = 0 }: { readonly type: number; readonly flags?: number },
  ...parts: readonly Buffer[]
): NetlinkMessage {
  const length = HEADER_BYTES + bytesOf(parts);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(REQUEST_ACK | flags, 6);
  return { asks, bytes: padded(length, [header, ...parts]) };
}

/** Writes an attribute with a value, or with attributes inside. */
export function attribute(type: number, ...values: readonly Buffer[]): Buffer {
  const length = ATTRIBUTE_BYTES + bytesOf(values);
  const header = Buffer.alloc(ATTRIBUTE_BYTES);
  header.writeUInt16LE(length, 0);
  header.writeUInt16LE(type, 2);
  return padded(length, [header, ...values]);
}

export function u8(value: number): Buffer {
  return Buffer.of(value);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A text with its zero. */
export function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

/** Reads a text up to its zero. */
export function textOf(value: Buffer | undefined): string {
  return value?.toString().replace(/\0.*$/s, '') ?? '';
}

/** Reads the messages of an answer. */
export function* readMessages(bytes: Buffer): Generator<NetlinkAnswer> {
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    if (length < HEADER_BYTES || at + length > bytes.length) return;
    yield { type: bytes.readUInt16LE(at + 4), body: bytes.subarray(at + HEADER_BYTES, at + length) };
    at += aligned(length);
  }
}

/** Reads the attributes that lie in bytes, by type; of several of one type the last. */
export function readAttributes(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + ATTRIBUTE_BYTES <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < ATTRIBUTE_BYTES || at + length > bytes.length) break;
    found.set(bytes.readUInt16LE(at + 2) & TYPE_MASK, bytes.subarray(at + ATTRIBUTE_BYTES, at + length));
    at += aligned(length);
  }
  return found;
}

/** Without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
const TYPE_MASK = 0x3fff;

function bytesOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** Fills up with zeros, as Buffer.concat does. */
function padded(length: number, parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts, aligned(length));
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}
