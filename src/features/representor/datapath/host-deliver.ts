import { newEventWithin, putEvent } from '../../../engine/datapath/events';
import { NODE_HOST_DELIVER } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { PROTOCOL_EIGRP, PROTOCOL_OSPF } from '../../../net/datapath/ip-protocols';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { Ip6Header, isLinkLocal6, isMulticast6 } from '../../../net/datapath/ip6-header';
import { isOwnNextHop } from '../../neighbor/datapath/next-hop-details';
import { finishL4Checksum } from '../../port/datapath/l4-checksum';
import { DELIVER_TO_TAP, DELIVER_TO_TUN, HOST_QUEUE } from '../layout';

export enum Edge {
  PUNTED,
  /** More packets are for the host than it takes. */
  DROP_HOST_QUEUE_FULL,
  /** The host has no TUN for the packet's VRF, or no TAP for its interface. */
  DROP_HOST_NO_REPRESENTOR,
  /** The host's TUN or TAP is down, or what reads there is too slow. */
  DROP_HOST_REFUSED,
}

/**
 * Hands an IP packet for us that no stage takes to the control thread, which writes it to the host: to the TUN of its
 * VRF, or as a frame to the TAP of its interface where it belongs to the link. The control thread sends what the host
 * does not take to the drops that are named here.
 *
 * The event: 0 DELIVER_TO_TUN or DELIVER_TO_TAP (u8).
 */
export function hostDeliver(packet: Packet): u32 {
  const event = newEventWithin(NODE_HOST_DELIVER, HOST_QUEUE);
  if (event === null) return Edge.DROP_HOST_QUEUE_FULL;
  finishL4Checksum(packet, 0);
  event.packet = <u32>changetype<usize>(packet);
  event.iface = packet.iface;
  event.vrf = packet.vrf;
  event.data0 = isForLink(packet) ? DELIVER_TO_TAP : DELIVER_TO_TUN;
  putEvent();
  return Edge.PUNTED;
}

/** What was sent to many or to a link-local address, and what routing daemons tell their neighbours on a link. */
function isForLink(packet: Packet): bool {
  if (load<u8>(packet.data) >> 4 == 4) {
    if (!isOwnNextHop(packet.nextHop)) return true;
    return isPerLink(changetype<Ip4Header>(packet.data).protocol);
  }
  const header = changetype<Ip6Header>(packet.data);
  if (isMulticast6(header.destinationLow) || isLinkLocal6(header.destinationLow)) return true;
  return isPerLink(header.nextHeader);
}

/** These daemons take packets of a link by that link's interface only, those to one address too. @inline */
function isPerLink(protocol: u32): bool {
  return protocol == PROTOCOL_OSPF || protocol == PROTOCOL_EIGRP;
}
