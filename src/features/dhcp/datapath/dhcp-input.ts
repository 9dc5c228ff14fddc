import { newEventWithin, putEvent } from '../../../engine/datapath/events';
import { NODE_DHCP_INPUT } from '../../../engine/datapath/nodes';
import { PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { toHostOr } from '../../ip/datapath/protocols';
import { DHCP_QUEUE } from '../layout';
import { hasDhcpClient } from './dhcp-clients';

export enum Edge {
  PUNTED,
  /** It came by an interface without a DHCP client, and there is no host. */
  DROP_DHCP_NO_CLIENT,
  /** A program of this host has sent it: it has come by no link. */
  DROP_DHCP_NOT_FROM_LINK,
  /** More comes from servers than the control thread takes; the client asks again. */
  DROP_DHCP_QUEUE_FULL,
}

/**
 * Hands what servers send to UDP port 68 of an interface with a DHCP client to the control thread, whole; the rest is
 * the host's, which may have a client of its own.
 *
 * @table ip-protocols
 */
export function dhcpInput(packet: Packet): u32 {
  const is4 = packet.etherType == TYPE_IP4_RAW;
  if (!is4 || !hasDhcpClient(packet.iface)) return toHostOr(is4, Edge.DROP_DHCP_NO_CLIENT);
  if (packet.flags & PACKET_LOCAL) return Edge.DROP_DHCP_NOT_FROM_LINK;
  const event = newEventWithin(NODE_DHCP_INPUT, DHCP_QUEUE);
  if (event === null) return Edge.DROP_DHCP_QUEUE_FULL;
  event.packet = <u32>changetype<usize>(packet);
  event.iface = packet.iface;
  event.vrf = packet.vrf;
  putEvent();
  return Edge.PUNTED;
}
