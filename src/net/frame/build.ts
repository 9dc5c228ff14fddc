import { addressToBytes, type IpAddress, parseAddress } from '../address.ts';
import { checksum, pseudoHeaderSum } from '../checksum.ts';
import { macToBytes, parseMac } from '../mac.ts';

// Frames for tests and for the router's own packets: each function takes a header's fields by name and what follows it.

/** Builds an Ethernet frame. */
export function etherFrame(
  header: { readonly destination: string; readonly source: string; readonly etherType: number },
  payload: Uint8Array,
): Uint8Array {
  const macs = [macToBytes(parseMac(header.destination)), macToBytes(parseMac(header.source))];
  return joinBytes(...macs, word16(header.etherType), payload);
}

export interface Ipv4Fields {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly ttl?: number;
  readonly tos?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  /** Padded with zeros to whole words. */
  readonly options?: Uint8Array;
}

/** Builds an IPv4 packet with its checksum (RFC 791). */
export function ipv4Packet(fields: Ipv4Fields, payload: Uint8Array): Uint8Array {
  const options = padded(fields.options ?? new Uint8Array(0), 4);
  const header = new Uint8Array(20 + options.length);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x40 | (header.length / 4));
  view.setUint8(1, fields.tos ?? 0);
  view.setUint16(2, header.length + payload.length);
  view.setUint16(4, fields.identification ?? 0);
  view.setUint16(6, fragmentWord(fields));
  view.setUint8(8, fields.ttl ?? 64);
  view.setUint8(9, fields.protocol);
  header.set(addressToBytes(parseAddress(fields.source)), 12);
  header.set(addressToBytes(parseAddress(fields.destination)), 16);
  header.set(options, 20);
  view.setUint16(10, checksum(header));
  return joinBytes(header, payload);
}

export interface Ipv6Fields {
  readonly source: string;
  readonly destination: string;
  /** Of the first extension header, where there are any. */
  readonly nextHeader: number;
  readonly hopLimit?: number;
  readonly trafficClass?: number;
  readonly flowLabel?: number;
}

/** Builds an IPv6 packet (RFC 8200 section 3); extension headers are part of the payload. */
export function ipv6Packet(fields: Ipv6Fields, payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(40);
  const view = new DataView(header.buffer);
  view.setUint32(0, ((6 << 28) | ((fields.trafficClass ?? 0) << 20) | (fields.flowLabel ?? 0)) >>> 0);
  view.setUint16(4, payload.length);
  view.setUint8(6, fields.nextHeader);
  view.setUint8(7, fields.hopLimit ?? 64);
  header.set(addressToBytes(parseAddress(fields.source)), 8);
  header.set(addressToBytes(parseAddress(fields.destination)), 24);
  return joinBytes(header, payload);
}

/** Builds an IPv6 extension header of options (hop-by-hop or destination), padded to 8 bytes by PadN. */
export function ipv6Options(nextHeader: number, options: Uint8Array): Uint8Array {
  const room = -(2 + options.length) & 7;
  const padding = room === 1 ? Uint8Array.of(0) : padN(room);
  const units = (2 + options.length + room) / 8 - 1;
  return joinBytes(Uint8Array.of(nextHeader, units), options, padding);
}

/** Builds an IPv6 fragment header (RFC 8200 section 4.5); the offset is in bytes. */
export function ipv6Fragment(fields: {
  readonly nextHeader: number;
  readonly offset: number;
  readonly more: boolean;
  readonly identification: number;
}): Uint8Array {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint8(0, fields.nextHeader);
  view.setUint16(2, fields.offset | (fields.more ? 1 : 0));
  view.setUint32(4, fields.identification);
  return header;
}

/** The addresses a transport checksum covers. */
export interface Ends {
  readonly source: string;
  readonly destination: string;
}

/** Builds a UDP datagram; with the ends of its way its checksum is right, else it is zero (RFC 768). */
export function udpDatagram(
  ports: { readonly source: number; readonly destination: number },
  payload: Uint8Array,
  ends?: Ends,
): Uint8Array {
  const header = joinBytes(word16(ports.source), word16(ports.destination), word16(8 + payload.length));
  const datagram = joinBytes(header, word16(0), payload);
  if (!ends) return datagram;
  return withChecksum(datagram, 6, transportChecksum(ends, 17, datagram) || 0xffff);
}

/** Builds a TCP segment without options (RFC 9293 section 3.1). */
export function tcpSegment(
  ports: { readonly source: number; readonly destination: number },
  payload: Uint8Array,
  ends?: Ends,
): Uint8Array {
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  view.setUint16(0, ports.source);
  view.setUint16(2, ports.destination);
  view.setUint8(12, 5 << 4);
  view.setUint8(13, 0x10);
  view.setUint16(14, 0xffff);
  const segment = joinBytes(header, payload);
  return ends ? withChecksum(segment, 16, transportChecksum(ends, 6, segment)) : segment;
}

export interface IcmpFields {
  readonly type: number;
  readonly code?: number;
  /** The header's last four bytes: identifier and sequence, MTU or pointer. */
  readonly rest?: number;
}

/** Builds an ICMP message with its checksum (RFC 792). */
export function icmpMessage(fields: IcmpFields, payload: Uint8Array): Uint8Array {
  const message = joinBytes(icmpHeader(fields), payload);
  return withChecksum(message, 2, checksum(message));
}

/** Builds an ICMPv6 message with its checksum (RFC 4443 section 2.1). */
export function icmpv6Message(fields: IcmpFields, payload: Uint8Array, ends: Ends): Uint8Array {
  const message = joinBytes(icmpHeader(fields), payload);
  return withChecksum(message, 2, transportChecksum(ends, 58, message));
}

/** Gives the checksum of a transport segment under its pseudo header: zero when the one it holds is right. */
export function transportChecksum(ends: Ends, protocol: number, segment: Uint8Array): number {
  const source: IpAddress = parseAddress(ends.source);
  const destination: IpAddress = parseAddress(ends.destination);
  return checksum(segment, pseudoHeaderSum({ source, destination, protocol, length: segment.length }));
}

/** Joins byte arrays to a fresh one. */
export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function fragmentWord(fields: Ipv4Fields): number {
  const flags = (fields.dontFragment ? 0x4000 : 0) | (fields.moreFragments ? 0x2000 : 0);
  return flags | ((fields.fragmentOffset ?? 0) / 8);
}

function icmpHeader(fields: IcmpFields): Uint8Array {
  const header = new Uint8Array(8);
  header[0] = fields.type;
  header[1] = fields.code ?? 0;
  new DataView(header.buffer).setUint32(4, fields.rest ?? 0);
  return header;
}

function padN(bytes: number): Uint8Array {
  const padding = new Uint8Array(bytes);
  if (bytes > 0) padding.set([1, bytes - 2]);
  return padding;
}

function padded(bytes: Uint8Array, unit: number): Uint8Array {
  return joinBytes(bytes, new Uint8Array((unit - (bytes.length % unit)) % unit));
}

function withChecksum(message: Uint8Array, at: number, value: number): Uint8Array {
  new DataView(message.buffer).setUint16(at, value);
  return message;
}

function word16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 255);
}
