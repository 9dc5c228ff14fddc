import { NODE_ND_SOLICITATION } from '../../../engine/datapath/nodes';
import { PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { Ip6Header } from '../../../net/datapath/ip6-header';
import {
  BAD_OPTIONS,
  macOption,
  ND_BYTES,
  ND_HOP_LIMIT,
  ND_SOURCE_MAC,
  NdMessage,
} from '../../../net/datapath/nd-message';
import { interfaceAt } from '../../interface/datapath/interface';
import { INTERFACE_ACCESS, INTERFACE_SNOOPING } from '../../interface/layout';
import { HEARD_CONFLICT, HEARD_REQUEST, HEARD_SNOOPED } from '../layout';
import { answersFor } from './answer';
import { FAMILY_IP6, tellHeard } from './heard';
import { isMulticast6, isStation, messageBytes, messageOf, messageSum } from './nd';
import { hasRoomForAnswer, writeAnswer } from './nd-answer';

export enum Edge {
  FRAME_OUTPUT,
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
  /** It comes from no address, but is not sent to the target's solicited-node address or names a MAC (RFC 4861 7.1.1). */
  DROP_ND_BAD_PROBE,
  /** The sender's MAC address is ours: the message has come back to us. */
  DROP_ND_OWN,
  /** Another station uses an address of ours; the control thread is told. */
  DROP_ND_ADDRESS_CONFLICT,
  /** The message is about an address that we do not answer for. */
  DROP_ND_NOT_FOR_US,
  /** The answer does not fit the buffer that the question has come in. */
  DROP_ND_NO_ROOM,
}

/** Checks a neighbor solicitation, answers it in place where it asks for us, and tells the control thread who asked (RFC 4861 7.1.1, 7.2.3, 7.2.4). */
export function ndSolicitation(packet: Packet): u32 {
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
  const mac = macOption(at, bytes, ND_SOURCE_MAC);
  if (mac == BAD_OPTIONS) return Edge.DROP_ND_BAD_OPTION;
  if (mac && !isStation(mac)) return Edge.DROP_ND_BAD_MAC;
  const own = interfaceAt(packet.iface).mac;
  const asker = mac || frameSource(ip);
  if (asker == own) return Edge.DROP_ND_OWN;
  const anonymous = !ip.sourceLow && !ip.sourceHigh;
  if (anonymous && (mac || !asksSolicitedNode(ip, message))) return Edge.DROP_ND_BAD_PROBE;
  if (!anonymous && answersFor(packet.iface, FAMILY_IP6, ip.sourceLow, ip.sourceHigh)) {
    tell(packet, ip, asker, HEARD_CONFLICT);
    return Edge.DROP_ND_ADDRESS_CONFLICT;
  }
  const forUs = isForUs(packet, message, anonymous);
  if (!forUs && (!mac || !(interfaceAt(packet.iface).flags & INTERFACE_SNOOPING)))
    return Edge.DROP_ND_NOT_FOR_US;
  if (mac) tell(packet, ip, mac, forUs ? HEARD_REQUEST : HEARD_SNOOPED);
  if (!forUs) return Edge.CONSUMED;
  if (!hasRoomForAnswer(packet)) return Edge.DROP_ND_NO_ROOM;
  writeAnswer(packet, asker, own);
  return Edge.FRAME_OUTPUT;
}

/** The one station of an access link is answered for every address, but may have what it asks whether it is free. */
function isForUs(packet: Packet, message: NdMessage, anonymous: bool): bool {
  if (answersFor(packet.iface, FAMILY_IP6, message.targetLow, message.targetHigh)) return true;
  return !anonymous && (interfaceAt(packet.iface).flags & INTERFACE_ACCESS) != 0;
}

/** Tells whether the destination is the target's solicited-node address, ff02::1:ffXX:XXXX (RFC 4291 2.7.1). */
function asksSolicitedNode(ip: Ip6Header, message: NdMessage): bool {
  return (
    ip.destinationLow == 0x02ff &&
    (ip.destinationHigh & 0xffffffffff) == 0xff01000000 &&
    ip.destinationHigh >> 40 == message.targetHigh >> 40
  );
}

/** MAC address that a message's frame came from: its sender's, where no option tells it. */
function frameSource(ip: Ip6Header): u64 {
  return load<u64>(changetype<usize>(ip) - 8) & 0xffffffffffff;
}

function tell(packet: Packet, ip: Ip6Header, mac: u64, flags: u32): void {
  tellHeard(NODE_ND_SOLICITATION, packet, FAMILY_IP6, ip.sourceLow, ip.sourceHigh, mac, flags);
}
