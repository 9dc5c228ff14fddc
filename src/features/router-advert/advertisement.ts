import { addressToBytes, formatAddress, type IpAddress } from '../../net/address.ts';
import { etherFrame, icmpv6Message, ipv6Packet, joinBytes } from '../../net/frame/build.ts';
import { formatMac, type Mac, macToBytes } from '../../net/mac.ts';
import type { Prefix } from '../../net/prefix.ts';

/** A network that hosts are told of. */
export interface AdvertisedPrefix {
  readonly prefix: Prefix;
  /** Seconds that addresses made of it may be used, and used for new conversations. */
  readonly validS: number;
  readonly preferredS: number;
}

/** What a router says of itself and of its link. */
export interface Advertisement {
  readonly mac: Mac;
  /** The interface's link-local address, by which hosts know the router. */
  readonly source: IpAddress;
  readonly lifetimeS: number;
  readonly mtu: number;
  readonly prefixes: readonly AdvertisedPrefix[];
}

/**
 * Builds the frame of a router advertisement to everybody on the link (RFC 4861 4.2), from the ICMPv6 header on:
 *
 *    0 ┌ 134 │ 0 │ checksum │ hop limit │ flags │ lifetime ┐ 8
 *    8 └ reachable time │ retransmission timer, 0: unsaid  ┘ 16, options follow
 */
export function advertisementFrame(said: Advertisement): Uint8Array {
  const ends = { source: formatAddress(said.source), destination: ALL_NODES };
  const options = [macOption(said.mac), mtuOption(said.mtu), ...said.prefixes.map(prefixOption)];
  const rest = HOP_LIMIT * 0x1000000 + said.lifetimeS;
  const message = icmpv6Message(
    { type: ROUTER_ADVERTISEMENT, rest },
    joinBytes(new Uint8Array(8), ...options),
    ends,
  );
  const packet = ipv6Packet({ ...ends, nextHeader: 58, hopLimit: 255 }, message);
  return etherFrame({ destination: ALL_NODES_MAC, source: formatMac(said.mac), etherType: 0x86dd }, packet);
}

/** What hosts may use a prefix for: addresses of its own making need 64 bits of each (RFC 4862 5.5.3). */
const AUTONOMOUS_BITS = 64;
const ALL_NODES = 'ff02::1';
const ALL_NODES_MAC = '33:33:00:00:00:01';
const ROUTER_ADVERTISEMENT = 134;
const HOP_LIMIT = 64;
const ON_LINK = 0x80;
const AUTONOMOUS = 0x40;

/** RFC 4861 4.6.1. */
function macOption(mac: Mac): Uint8Array {
  return joinBytes(Uint8Array.of(1, 1), macToBytes(mac));
}

/** RFC 4861 4.6.4. */
function mtuOption(mtu: number): Uint8Array {
  const option = Uint8Array.of(5, 1, 0, 0, 0, 0, 0, 0);
  new DataView(option.buffer).setUint32(4, mtu);
  return option;
}

/** RFC 4861 4.6.2: lengths, flags, lifetimes, and the prefix with nothing behind it. */
function prefixOption({ prefix, validS, preferredS }: AdvertisedPrefix): Uint8Array {
  const option = new Uint8Array(16);
  const view = new DataView(option.buffer);
  option.set([3, 4, prefix.length, ON_LINK | (prefix.length === AUTONOMOUS_BITS ? AUTONOMOUS : 0)]);
  view.setUint32(4, validS);
  view.setUint32(8, preferredS);
  return joinBytes(option, addressToBytes(prefix.address));
}
