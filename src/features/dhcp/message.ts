import { addressFromBytes, addressToBytes, type Ipv4Address } from '../../net/address.ts';
import { joinBytes } from '../../net/frame/build.ts';
import { type Mac, macFromBytes, macToBytes } from '../../net/mac.ts';
import { readOptions } from './options.ts';

/** What a client says (RFC 2131 4.4, table 5). */
export interface ClientMessage {
  readonly kind: 'discover' | 'request' | 'decline' | 'release';
  readonly xid: number;
  /** Seconds since the client began to ask. */
  readonly seconds: number;
  readonly mac: Mac;
  /** The address that it has, where it may still use it. */
  readonly own?: Ipv4Address | undefined;
  readonly requested?: Ipv4Address | undefined;
  readonly server?: Ipv4Address | undefined;
}

/** What a server says. */
export interface ServerMessage {
  readonly kind: 'offer' | 'ack' | 'nak';
  readonly xid: number;
  readonly mac: Mac;
  /** The address that it gives. */
  readonly yours: Ipv4Address;
  readonly options: ReadonlyMap<number, Uint8Array>;
}

/** Options (RFC 2132, RFC 3442). */
export const OPTION = {
  mask: 1,
  routers: 3,
  requested: 50,
  leaseTime: 51,
  overload: 52,
  kind: 53,
  server: 54,
  wanted: 55,
  largest: 57,
  renewal: 58,
  rebinding: 59,
  client: 61,
  classlessRoutes: 121,
} as const;

/**
 * Builds a client's message (RFC 2131 2):
 *
 *    0 ┌ op 1 │ htype 1 │ hlen 6 │ hops ┬ xid ┬ seconds │ flags ┬ ciaddr ┬ yiaddr ┬ siaddr ┬ giaddr ┐ 28
 *   28 └ chaddr (16) │ sname (64) │ file (128) │ magic cookie                                       ┘ 240, options follow
 */
export function clientMessage(said: ClientMessage): Uint8Array {
  const fixed = new Uint8Array(OPTIONS_AT);
  const view = new DataView(fixed.buffer);
  fixed.set([1, ETHERNET, MAC_BYTES]);
  view.setUint32(4, said.xid);
  view.setUint16(8, Math.min(said.seconds, 0xffff));
  if (said.own) fixed.set(addressToBytes(said.own), 12);
  else view.setUint16(10, BROADCAST_FLAG); // answers must come without an address of ours
  fixed.set(macToBytes(said.mac), 28);
  view.setUint32(COOKIE_AT, MAGIC_COOKIE);
  const message = joinBytes(fixed, ...optionsOf(said), Uint8Array.of(END));
  return joinBytes(message, new Uint8Array(Math.max(0, SHORTEST - message.length)));
}

/** Reads a server's message; undefined for what is none. */
export function readServerMessage(bytes: Uint8Array): ServerMessage | undefined {
  if (bytes.length < OPTIONS_AT) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isReply = bytes[0] === 2 && bytes[1] === ETHERNET && bytes[2] === MAC_BYTES;
  if (!isReply || view.getUint32(COOKIE_AT) !== MAGIC_COOKIE) return undefined;
  const options = readOptions({
    options: bytes.subarray(OPTIONS_AT),
    file: bytes.subarray(108, 236),
    serverName: bytes.subarray(44, 108),
  });
  const kind = kinds.get(options?.get(OPTION.kind)?.[0] ?? 0);
  const yours = addressFromBytes(bytes.slice(16, 20));
  if (!options || !kind || yours.family !== 'ipv4') return undefined;
  return { kind, xid: view.getUint32(4), mac: macFromBytes(bytes.slice(28, 34)), yours, options };
}

const ETHERNET = 1;
const MAC_BYTES = 6;
const COOKIE_AT = 236;
const OPTIONS_AT = 240;
const MAGIC_COOKIE = 0x63825363;
const BROADCAST_FLAG = 0x8000;
const END = 255;
/** What relays of BOOTP expect at least (RFC 1542 2.1). */
const SHORTEST = 300;
const LARGEST = 1472;

const kindNumbers = { discover: 1, request: 3, decline: 4, release: 7 } as const;
const kinds = new Map<number, ServerMessage['kind']>([
  [2, 'offer'],
  [5, 'ack'],
  [6, 'nak'],
]);
/** Classless routes before routers (RFC 3442). */
const wanted = [
  OPTION.mask,
  OPTION.classlessRoutes,
  OPTION.routers,
  OPTION.leaseTime,
  OPTION.server,
  OPTION.renewal,
  OPTION.rebinding,
];

function optionsOf({ kind, mac, requested, server }: ClientMessage): readonly Uint8Array[] {
  const asks = kind === 'discover' || kind === 'request';
  return [
    option(OPTION.kind, Uint8Array.of(kindNumbers[kind])),
    option(OPTION.client, joinBytes(Uint8Array.of(ETHERNET), macToBytes(mac))),
    ...(requested ? [option(OPTION.requested, addressToBytes(requested))] : []),
    ...(server ? [option(OPTION.server, addressToBytes(server))] : []),
    ...(asks ? [option(OPTION.wanted, Uint8Array.from(wanted))] : []),
    ...(asks ? [option(OPTION.largest, Uint8Array.of(LARGEST >> 8, LARGEST & 255))] : []),
  ];
}

function option(code: number, value: Uint8Array): Uint8Array {
  return joinBytes(Uint8Array.of(code, value.length), value);
}
