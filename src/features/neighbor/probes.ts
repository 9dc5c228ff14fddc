import {
  addressToBytes,
  formatAddress,
  type IpAddress,
  type Ipv4Address,
  type Ipv6Address,
} from '../../net/address.ts';
import { solicitedNode } from '../../net/address-scope.ts';
import { etherFrame, icmpv6Message, ipv6Packet, joinBytes } from '../../net/frame/build.ts';
import { arpMessage } from '../../net/frame/build-arp.ts';
import { formatMac, linkLocalOf, type Mac, macToBytes } from '../../net/mac.ts';

// Finished frames that ask for neighbours and announce our own addresses.

/** Who asks, and for whom. */
export interface Question {
  readonly ownMac: Mac;
  /** The address to ask from; without one, IPv4 asks from 0.0.0.0 and IPv6 from the MAC's link-local address. */
  readonly source: IpAddress | undefined;
  readonly target: IpAddress;
  /** Only this station is asked; the whole link otherwise. */
  readonly to: Mac | undefined;
}

/** Builds the frame that asks for a neighbour: an ARP request or a neighbor solicitation. */
export function questionFrame(question: Question): Uint8Array {
  const { target } = question;
  return target.family === 'ipv4' ? arpRequest(question, target) : solicitation(question, target);
}

/** Builds the frame that tells everybody on the link an address of ours (RFC 5227 2.3, RFC 4861 7.2.6). */
export function announcementFrame(ownMac: Mac, address: IpAddress): Uint8Array {
  if (address.family === 'ipv6') return unsolicitedAdvertisement(ownMac, address);
  const message = arpMessage({ operation: 'request', senderMac: ownMac, sender: address, target: address });
  return etherFrame({ destination: BROADCAST, source: formatMac(ownMac), etherType: 0x0806 }, message);
}

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const ALL_NODES = 'ff02::1';
const ALL_NODES_MAC = '33:33:00:00:00:01';
const ICMPV6 = 58;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;
const SOURCE_MAC_OPTION = 1;
const TARGET_MAC_OPTION = 2;
/** Router, override (RFC 4861 4.4). */
const ROUTER_AND_OVERRIDE = 0xa0000000;

function arpRequest({ ownMac, source, to }: Question, target: Ipv4Address): Uint8Array {
  const sender = source?.family === 'ipv4' ? source : ({ family: 'ipv4', value: 0n } as const);
  const message = arpMessage({ operation: 'request', senderMac: ownMac, sender, target });
  const destination = to ? formatMac(to) : BROADCAST;
  return etherFrame({ destination, source: formatMac(ownMac), etherType: 0x0806 }, message);
}

function solicitation({ ownMac, source, to }: Question, target: Ipv6Address): Uint8Array {
  const from = source?.family === 'ipv6' ? source : linkLocalOf(ownMac);
  const destination = to ? target : solicitedNode(target);
  return neighborMessage({
    type: SOLICITATION,
    flags: 0,
    target,
    option: SOURCE_MAC_OPTION,
    ownMac,
    source: formatAddress(from),
    destination: formatAddress(destination),
    destinationMac: to ? formatMac(to) : multicastMac(destination),
  });
}

function unsolicitedAdvertisement(ownMac: Mac, address: Ipv6Address): Uint8Array {
  return neighborMessage({
    type: ADVERTISEMENT,
    flags: ROUTER_AND_OVERRIDE,
    target: address,
    option: TARGET_MAC_OPTION,
    ownMac,
    source: formatAddress(address),
    destination: ALL_NODES,
    destinationMac: ALL_NODES_MAC,
  });
}

function neighborMessage(fields: {
  readonly type: number;
  readonly flags: number;
  readonly target: Ipv6Address;
  readonly option: number;
  readonly ownMac: Mac;
  readonly source: string;
  readonly destination: string;
  readonly destinationMac: string;
}): Uint8Array {
  const { source, destination } = fields;
  const option = joinBytes(Uint8Array.of(fields.option, 1), macToBytes(fields.ownMac));
  const body = joinBytes(addressToBytes(fields.target), option);
  const message = icmpv6Message({ type: fields.type, rest: fields.flags }, body, { source, destination });
  const packet = ipv6Packet({ source, destination, nextHeader: ICMPV6, hopLimit: 255 }, message);
  const ends = { destination: fields.destinationMac, source: formatMac(fields.ownMac) };
  return etherFrame({ ...ends, etherType: 0x86dd }, packet);
}

/** 33:33 and the address's last four bytes (RFC 2464 7). */
function multicastMac(address: Ipv6Address): string {
  return formatMac({ kind: 'mac', value: 0x333300000000 + Number(address.value & 0xffffffffn) });
}
