import { NODE_ARP_INPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import {
  ARP_BYTES,
  ARP_HARDWARE_ETHERNET_RAW,
  ARP_REPLY_RAW,
  ARP_REQUEST_RAW,
  ArpHeader,
  storeMac,
} from '../../../net/datapath/arp-header';
import {
  ETHER_HEADER_BYTES,
  GROUP_BIT,
  TYPE_ARP_RAW,
  TYPE_IP4_RAW,
} from '../../../net/datapath/ether-header';
import { interfaceAt } from '../../interface/datapath/interface';
import { INTERFACE_ACCESS, INTERFACE_SNOOPING } from '../../interface/layout';
import {
  HEARD_ANSWER,
  HEARD_CLAIM,
  HEARD_CONFLICT,
  HEARD_REQUEST,
  HEARD_SNOOPED,
  HEARD_UNASKED,
} from '../layout';
import { answersFor } from './answer';
import { FAMILY_IP4, FAMILY_IP4_PROBED, tellHeard } from './heard';

export enum Edge {
  FRAME_OUTPUT,
  CONSUMED,
  /** The message is shorter than ARP for IPv4 over Ethernet. */
  DROP_ARP_TRUNCATED,
  /** The hardware is not Ethernet, or its addresses are not six bytes long (RFC 826). */
  DROP_ARP_BAD_HARDWARE,
  /** The protocol is not IPv4, or its addresses are not four bytes long (RFC 826). */
  DROP_ARP_BAD_PROTOCOL,
  /** The message is neither a request nor a reply (RFC 826). */
  DROP_ARP_BAD_OPERATION,
  /** The sender's MAC address is zero or a group's (RFC 1812 3.3.2). */
  DROP_ARP_BAD_SENDER_MAC,
  /** The sender's address is no host's: of 0/8, 127/8 or from 224/4 on. */
  DROP_ARP_BAD_SENDER_ADDRESS,
  /** The sender's MAC address is ours: the message has come back to us. */
  DROP_ARP_OWN,
  /** Another station uses an address of ours (RFC 5227 2.4); the control thread is told. */
  DROP_ARP_ADDRESS_CONFLICT,
  /** The message is about an address that we do not answer for. */
  DROP_ARP_NOT_FOR_US,
}

/** Checks an ARP message, answers requests for our addresses in place, and tells the control thread who has spoken (RFC 826). */
export function arpInput(packet: Packet): u32 {
  if (packet.dataLen < <u16>ARP_BYTES) return Edge.DROP_ARP_TRUNCATED;
  const arp = changetype<ArpHeader>(packet.data);
  if (arp.hardwareRaw != ARP_HARDWARE_ETHERNET_RAW || arp.hardwareLength != 6)
    return Edge.DROP_ARP_BAD_HARDWARE;
  if (arp.protocolRaw != TYPE_IP4_RAW || arp.protocolLength != 4) return Edge.DROP_ARP_BAD_PROTOCOL;
  const operation = arp.operationRaw;
  if (operation != ARP_REQUEST_RAW && operation != ARP_REPLY_RAW) return Edge.DROP_ARP_BAD_OPERATION;
  const mac = arp.senderMac;
  if (!mac || mac & GROUP_BIT) return Edge.DROP_ARP_BAD_SENDER_MAC;
  if (mac == interfaceAt(packet.iface).mac) return Edge.DROP_ARP_OWN;
  const sender = arp.senderRaw;
  // A request from 0.0.0.0 asks whether an address is free (RFC 5227 2.1.1).
  const probe = !sender && operation == ARP_REQUEST_RAW;
  if (!probe && !isHost(sender)) return Edge.DROP_ARP_BAD_SENDER_ADDRESS;
  tellClaim(packet, arp, probe ? arp.targetRaw : sender);
  if (!probe && answersFor(packet.iface, FAMILY_IP4, sender, 0)) {
    tell(packet, arp, HEARD_CONFLICT);
    return Edge.DROP_ARP_ADDRESS_CONFLICT;
  }
  if (sender == arp.targetRaw) {
    tell(packet, arp, HEARD_UNASKED);
    return Edge.CONSUMED;
  }
  if (!isForUs(packet, arp, probe)) return overhear(packet, arp, probe);
  if (!probe) tell(packet, arp, operation == ARP_REQUEST_RAW ? HEARD_REQUEST : HEARD_ANSWER);
  if (operation == ARP_REPLY_RAW) return Edge.CONSUMED;
  answer(packet, arp);
  return Edge.FRAME_OUTPUT;
}

/** Tells who has an address that we ask whether it is free, or asks that as well (RFC 5227 2.1.1). */
function tellClaim(packet: Packet, arp: ArpHeader, addressRaw: u32): void {
  if (!answersFor(packet.iface, FAMILY_IP4_PROBED, addressRaw, 0)) return;
  tellHeard(NODE_ARP_INPUT, packet, FAMILY_IP4, addressRaw, 0, arp.senderMac, HEARD_CLAIM);
}

/** The one station of an access link is answered for every address, but may have what it asks whether it is free. */
function isForUs(packet: Packet, arp: ArpHeader, probe: bool): bool {
  if (answersFor(packet.iface, FAMILY_IP4, arp.targetRaw, 0)) return true;
  return !probe && (interfaceAt(packet.iface).flags & INTERFACE_ACCESS) != 0;
}

/** Learns from what others say to each other, where the interface is set to. */
function overhear(packet: Packet, arp: ArpHeader, probe: bool): u32 {
  if (probe || !(interfaceAt(packet.iface).flags & INTERFACE_SNOOPING)) return Edge.DROP_ARP_NOT_FOR_US;
  tell(packet, arp, HEARD_SNOOPED);
  return Edge.CONSUMED;
}

function tell(packet: Packet, arp: ArpHeader, flags: u32): void {
  tellHeard(NODE_ARP_INPUT, packet, FAMILY_IP4, arp.senderRaw, 0, arp.senderMac, flags);
}

/** Turns a request into its reply: the parties change places, and our MAC address is filled in. */
function answer(packet: Packet, arp: ArpHeader): void {
  const own = interfaceAt(packet.iface).mac;
  const asked = arp.targetRaw;
  const asker = arp.senderMac;
  arp.setTarget(asker, arp.senderRaw);
  arp.setSender(own, asked);
  arp.operationRaw = ARP_REPLY_RAW;
  // There is room: the request has come with an Ethernet header of the same length.
  packet.prepend(ETHER_HEADER_BYTES);
  const frame = packet.data;
  storeMac(frame, asker);
  storeMac(frame + 6, own);
  store<u16>(frame, TYPE_ARP_RAW, 12);
  packet.output = packet.iface;
}

/** @inline */
function isHost(addressRaw: u32): bool {
  const first = addressRaw & 0xff;
  return first != 0 && first != 127 && first < 224;
}
