// The pcapng capture file format (draft-ietf-opsawg-pcapng): blocks of 32-bit words, written little-endian.
//
//   ┌ type ┬ total length ┬ body … ┬ options … ┬ total length ┐

/** Nanoseconds since 1970 of a packet or a statistic. */
type TimeNs = bigint;

/** One captured packet. */
export interface PcapngPacket {
  /** Number of the interface block it belongs to, from 0. */
  readonly iface: number;
  readonly timeNs: TimeNs;
  readonly bytes: Uint8Array;
  /** The packet's length on the wire. */
  readonly originalLength: number;
  readonly direction: 'in' | 'out' | 'unknown';
  readonly comments: readonly string[];
  /** Packets that were lost before this one. */
  readonly lost: bigint;
}

/** Writes what every file begins with (section 4.1). */
export function sectionHeader(application: string): Uint8Array {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(0x1a2b3c4d, 0);
  body.writeUInt16LE(1, 4); // version 1.0
  body.writeBigInt64LE(-1n, 8); // of unknown length
  return block(0x0a0d0d0a, [body, textOption(4, application), endOfOptions]);
}

/** Describes an Ethernet interface whose times are in nanoseconds (section 4.2). */
export function interfaceDescription(iface: { readonly name: string; readonly snaplen: number }): Uint8Array {
  const body = Buffer.alloc(8);
  body.writeUInt16LE(LINKTYPE_ETHERNET, 0);
  body.writeUInt32LE(iface.snaplen, 4);
  return block(1, [body, textOption(2, iface.name), option(9, Uint8Array.of(9)), endOfOptions]);
}

/** Writes a packet (section 4.3). */
export function enhancedPacket(packet: PcapngPacket): Uint8Array {
  const body = Buffer.alloc(20);
  body.writeUInt32LE(packet.iface, 0);
  writeTime(body, 4, packet.timeNs);
  body.writeUInt32LE(packet.bytes.length, 12);
  body.writeUInt32LE(packet.originalLength, 16);
  const options = packet.comments.map((comment) => textOption(1, comment));
  options.push(option(2, wordBytes(directionFlags[packet.direction])));
  if (packet.lost > 0n) options.push(option(4, longBytes(packet.lost)));
  return block(6, [body, padded(packet.bytes), ...options, endOfOptions]);
}

/** Says how many packets of an interface were received and how many of them were lost (section 4.6). */
export function interfaceStatistics(statistics: {
  readonly iface: number;
  readonly timeNs: TimeNs;
  readonly received: bigint;
  readonly lost: bigint;
}): Uint8Array {
  const body = Buffer.alloc(12);
  body.writeUInt32LE(statistics.iface, 0);
  writeTime(body, 4, statistics.timeNs);
  const options = [option(4, longBytes(statistics.received)), option(5, longBytes(statistics.lost))];
  return block(5, [body, ...options, endOfOptions]);
}

const LINKTYPE_ETHERNET = 1;
const directionFlags = { unknown: 0, in: 1, out: 2 } as const;
const endOfOptions = Buffer.alloc(4);
/** An option's length is 16 bits; no text of ours comes near. */
const LONGEST_OPTION = 65_000;

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = 12 + parts.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, ...parts, wordBytes(length)]);
}

function textOption(code: number, text: string): Uint8Array {
  return option(code, Buffer.from(text).subarray(0, LONGEST_OPTION));
}

function option(code: number, value: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % 4;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - rest)]);
}

function wordBytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function longBytes(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** A time is two words, the upper one first. */
function writeTime(body: Buffer, offset: number, timeNs: TimeNs): void {
  body.writeUInt32LE(Number(timeNs >> 32n), offset);
  body.writeUInt32LE(Number(timeNs & 0xffff_ffffn), offset + 4);
}
