import { addressFromBytes, type IpAddress, type Ipv4Address, ipv4FromNumber } from '../../net/address.ts';
import { isBroadcast, isLoopback, isMulticast, isUnspecified } from '../../net/address-scope.ts';
import { networkOf, type Prefix } from '../../net/prefix.ts';
import { OPTION, type ServerMessage } from './message.ts';

/** A route that comes with a lease. */
export interface LeaseRoute {
  readonly prefix: Prefix;
  readonly gateway: IpAddress;
}

/** What a server has given, and until when, on one clock in milliseconds; Infinity is for ever. */
export interface Lease {
  readonly prefix: Prefix;
  readonly server: Ipv4Address;
  readonly routes: readonly LeaseRoute[];
  readonly renewMs: number;
  readonly rebindMs: number;
  readonly expiresMs: number;
  readonly seconds: number;
}

/** The lease in a server's offer or consent to what was asked at `askedMs`; undefined when it gives none that can be used. */
export function leaseIn({ yours, options }: ServerMessage, askedMs: number): Lease | undefined {
  const server = addressIn(options.get(OPTION.server));
  const seconds = numberIn(options.get(OPTION.leaseTime));
  if (!server || !seconds || !isUsable(yours)) return undefined;
  const length = lengthOf(options.get(OPTION.mask)) ?? classLength(yours);
  const times = timesOf(
    seconds,
    numberIn(options.get(OPTION.renewal)),
    numberIn(options.get(OPTION.rebinding)),
  );
  return {
    prefix: { address: yours, length },
    server,
    routes: routesIn(options),
    renewMs: askedMs + times.renewS * 1000,
    rebindMs: askedMs + times.rebindS * 1000,
    expiresMs: askedMs + times.expiresS * 1000,
    seconds,
  };
}

const FOR_EVER = 0xffffffff;

/** T1 and T2 are half and seven eighths of the lease, unless the server says what makes sense (RFC 2131 4.4.5). */
function timesOf(seconds: number, renewal: number | undefined, rebinding: number | undefined) {
  const expiresS = seconds === FOR_EVER ? Number.POSITIVE_INFINITY : seconds;
  const rebindS = rebinding && rebinding < expiresS ? rebinding : expiresS * 0.875;
  const renewS = renewal && renewal < rebindS ? renewal : Math.min(expiresS * 0.5, rebindS);
  return { renewS, rebindS, expiresS };
}

/** Classless routes take the place of the routers (RFC 3442). */
function routesIn(options: ReadonlyMap<number, Uint8Array>): readonly LeaseRoute[] {
  const classless = options.get(OPTION.classlessRoutes);
  if (classless) return classlessRoutes(classless);
  const gateway = addressIn(options.get(OPTION.routers));
  return gateway && isUsable(gateway) ? [{ prefix: everything, gateway }] : [];
}

const everything: Prefix = { address: ipv4FromNumber(0), length: 0 };

/** Each is a length, as many bytes of the network as that needs, and a router; one that is broken ends the list. */
function classlessRoutes(bytes: Uint8Array): readonly LeaseRoute[] {
  const routes: LeaseRoute[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at++] ?? 0;
    const significant = Math.ceil(length / 8);
    if (length > 32 || at + significant + 4 > bytes.length) return routes;
    const network = new Uint8Array(4);
    network.set(bytes.subarray(at, at + significant));
    at += significant;
    const gateway = addressIn(bytes.subarray(at, at + 4));
    at += 4;
    if (gateway && isUsable(gateway))
      routes.push({ prefix: networkOf({ address: addressFromBytes(network), length }), gateway });
  }
  return routes;
}

function addressIn(bytes: Uint8Array | undefined): Ipv4Address | undefined {
  if (bytes === undefined || bytes.length < 4) return undefined;
  const address = addressFromBytes(bytes.slice(0, 4));
  return address.family === 'ipv4' ? address : undefined;
}

function numberIn(bytes: Uint8Array | undefined): number | undefined {
  if (bytes?.length !== 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** Length of a mask whose ones all come first; undefined for others. */
function lengthOf(mask: Uint8Array | undefined): number | undefined {
  const value = numberIn(mask);
  if (!value) return undefined;
  const length = Math.clz32(~value);
  return length === 32 || value << length === 0 ? length : undefined;
}

/** What networks were before they had masks (RFC 950). */
function classLength({ value }: Ipv4Address): number {
  const first = Number(value >> 24n);
  if (first < 128) return 8;
  return first < 192 ? 16 : 24;
}

function isUsable(address: IpAddress): boolean {
  return !(isUnspecified(address) || isLoopback(address) || isMulticast(address) || isBroadcast(address));
}
