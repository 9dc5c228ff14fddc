import { NODE_ND_ADVERTISEMENT } from '../../../engine/datapath/nodes';
import { PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { Ip6Header } from '../../../net/datapath/ip6-header';
import {
  BAD_OPTIONS,
  macOption,
  ND_BYTES,
  ND_HOP_LIMIT,
  ND_OVERRIDE,
  ND_SOLICITED,
  ND_TARGET_MAC,
  NdMessage,
} from '../../../net/datapath/nd-message';
import { interfaceAt } from '../../interface/datapath/interface';
import { HEARD_ANSWER, HEARD_CONFLICT, HEARD_OVERRIDE, HEARD_SOLICITED, HEARD_UNASKED } from '../layout';
import { answersFor } from './answer';
import { FAMILY_IP6, tellHeard } from './heard';
import { isMulticast6, isStation, messageBytes, messageOf, messageSum } from './nd';

export enum Edge {
  CONSUMED,
  /** A program of this host has sent it: it has come by no link. */
  DROP_ND_NOT_FROM_LINK,
  /** The hop limit is not 255: the message has passed a router (RFC 4861 7.1). */
  DROP_ND_BAD_HOP_LIMIT,
  /** The message is shorter than its fixed part, or longer than what has arrived in one buffer (RFC 4861 7.1). */
  DROP_ND_TRUNCATED,
  /** The ICMPv6 code is not zero (RFC 4861 7.1). */
  DROP_ND_BAD_CODE,
  /** The ICMPv6 checksum is wrong (RFC 4861 7.1). */
  DROP_ND_BAD_CHECKSUM,
  /** The target is a multicast address (RFC 4861 7.1). */
  DROP_ND_BAD_TARGET,
  /** An option has length zero or ends behind the message (RFC 4861 7.1). */
  DROP_ND_BAD_OPTION,
  /** The link-layer address of the neighbour is zero or a group's. */
  DROP_ND_BAD_MAC,
  /** It calls itself an answer, but is sent to a group (RFC 4861 7.1.2). */
  DROP_ND_BAD_FLAGS,
  /** The target's MAC address is ours: the message has come back to us. */
  DROP_ND_OWN,
  /** Another station uses an address of ours; the control thread is told. */
  DROP_ND_ADDRESS_CONFLICT,
}

/** Checks a neighbor advertisement and tells the control thread what it says (RFC 4861 7.1.2, 7.2.5). */
export function ndAdvertisement(packet: Packet): u32 {
  if (packet.flags & PACKET_LOCAL) return Edge.DROP_ND_NOT_FROM_LINK;
  const ip = changetype<Ip6Header>(packet.data);
  if (ip.hopLimit != ND_HOP_LIMIT) return Edge.DROP_ND_BAD_HOP_LIMIT;
  const bytes = messageBytes(packet);
  if (bytes < ND_BYTES) return Edge.DROP_ND_TRUNCATED;
  const at = messageOf(packet);
  const message = changetype<NdMessage>(at);
  if (message.code) return Edge.DROP_ND_BAD_CODE;
  if (messageSum(ip, at, bytes) != 0xffff) return Edge.DROP_ND_BAD_CHECKSUM;
  if (isMulticast6(message.targetLow)) return Edge.DROP_ND_BAD_TARGET;
  const mac = macOption(at, bytes, ND_TARGET_MAC);
  if (mac == BAD_OPTIONS) return Edge.DROP_ND_BAD_OPTION;
  if (mac && !isStation(mac)) return Edge.DROP_ND_BAD_MAC;
  const toAll = isMulticast6(ip.destinationLow);
  if (toAll && message.flags & ND_SOLICITED) return Edge.DROP_ND_BAD_FLAGS;
  if (mac == interfaceAt(packet.iface).mac) return Edge.DROP_ND_OWN;
  if (answersFor(packet.iface, FAMILY_IP6, message.targetLow, message.targetHigh)) {
    tell(packet, message, mac, HEARD_CONFLICT);
    return Edge.DROP_ND_ADDRESS_CONFLICT;
  }
  tell(packet, message, mac, (toAll ? HEARD_UNASKED : HEARD_ANSWER) | flagsOf(message));
  return Edge.CONSUMED;
}

function flagsOf(message: NdMessage): u32 {
  const solicited = message.flags & ND_SOLICITED ? HEARD_SOLICITED : 0;
  return solicited | (message.flags & ND_OVERRIDE ? HEARD_OVERRIDE : 0);
}

function tell(packet: Packet, message: NdMessage, mac: u64, flags: u32): void {
  tellHeard(NODE_ND_ADVERTISEMENT, packet, FAMILY_IP6, message.targetLow, message.targetHigh, mac, flags);
}
