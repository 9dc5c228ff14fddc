import type { Router } from '../../engine/host/router.ts';
import { formatAddress, type Ipv4Address } from '../../net/address.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { formatMac, type Mac } from '../../net/mac.ts';
import type { Interface } from '../interface/index.ts';
import type { Client } from './client-state.ts';
import type { Lease } from './lease.ts';
import { type ClientMessage, clientMessage } from './message.ts';

/** A message, and the server that it is for; everybody on the link without one. */
export interface Letter {
  readonly message: ClientMessage;
  readonly to?: Ipv4Address;
  /** The station on the link that takes it there, where nobody can wait for ARP. */
  readonly by?: Mac | undefined;
}

/** What a client asks in its state (RFC 2131 4.3.2, 4.4). */
export function letterOf({ mac }: Interface, client: Client): Letter {
  const { state, xid, offer, lease, beganMs, askedMs } = client;
  const head = { xid, mac, seconds: Math.floor((askedMs - beganMs) / 1000) };
  if (state === 'selecting') return { message: { ...head, kind: 'discover' } };
  const request = { ...head, kind: 'request' } as const;
  if (state === 'requesting' && offer)
    return { message: { ...request, requested: addressOf(offer), server: offer.server } };
  if (!lease) throw new TypeError(`expected a client that is ${state} to have a lease`);
  if (state === 'rebooting') return { message: { ...request, requested: addressOf(lease) } };
  const own = { ...request, own: addressOf(lease) };
  return state === 'renewing' ? { message: own, to: lease.server } : { message: own };
}

/** What a client says to whom it gives an address back (RFC 2131 4.4.4, 4.4.6). */
export function releaseOf(
  kind: 'release' | 'decline',
  { mac }: Interface,
  { xid }: Client,
  lease: Lease,
): Letter {
  const { server } = lease;
  const head = { kind, xid, mac, seconds: 0, server };
  const address = addressOf(lease);
  if (kind === 'release') return { message: { ...head, own: address }, to: server };
  return { message: { ...head, requested: address } };
}

/** Sends a letter: by the route to its server, or to everybody on the interface's link. */
export function sendLetter(
  router: Pick<Router, 'send'>,
  iface: Interface,
  { message, to, by }: Letter,
): boolean {
  const ends = {
    source: message.own ? formatAddress(message.own) : '0.0.0.0',
    destination: to ? formatAddress(to) : '255.255.255.255',
  };
  const datagram = udpDatagram({ source: 68, destination: 67 }, clientMessage(message), ends);
  const packet = ipv4Packet({ ...ends, protocol: 17 }, datagram);
  const { vrf } = iface;
  if (to && !by) return router.send(packet, 'ip4-send', { vrf, etherType: RAW_IPV4, flags: PACKET_LOCAL });
  const frame = {
    destination: by ? formatMac(by) : BROADCAST,
    source: formatMac(iface.mac),
    etherType: 0x0800,
  };
  return router.send(etherFrame(frame, packet), 'frame-output', { output: iface.id, vrf });
}

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const PACKET_LOCAL = 1;
const RAW_IPV4 = 0x0008;

/** The address that a lease gives. */
export function addressOf({ prefix: { address } }: Lease): Ipv4Address {
  if (address.family !== 'ipv4') throw new TypeError('expected a lease of an IPv4 address');
  return address;
}
