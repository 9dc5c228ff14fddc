import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { TYPE_ARP_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { enterInterface } from '../../interface/datapath/enter';
import { interfaceAt } from '../../interface/datapath/interface';
import { receivesFor } from '../../mac/datapath/further-macs';
import { destinationOf, payloadAt } from './bridge-frame';
import { ANSWERED, ASKS_US, GOES_ON } from './suppressed';
import { takeArp } from './suppressed-arp';
import { takeNd } from './suppressed-nd';

export enum Edge {
  BRIDGE_FORWARD,
  /** The bridge that is asked has gone down meanwhile. */
  DROP_BRIDGE_SUPPRESS_DOWN,
}

/**
 * Learns who has which address from ARP and ND between a bridge's members, and answers questions to everybody for those
 * it knows by the member they came by, so that nobody else is asked.
 *
 * @frame
 * @table interface-input
 * @table interface-output
 */
export function bridgeSuppress(packet: Packet): u32 {
  const at = payloadAt(packet);
  const type = load<u16>(packet.data + at - 2);
  let outcome = GOES_ON;
  if (type == TYPE_ARP_RAW) outcome = takeArp(packet, at);
  if (type == TYPE_IP6_RAW) outcome = takeNd(packet, at);
  if (outcome == ANSWERED) return sendBack(packet);
  const isOurs = outcome == ASKS_US || receivesFor(packet.note2, destinationOf(packet));
  return isOurs ? toBridge(packet) : Edge.BRIDGE_FORWARD;
}

/** Sends an answer by the member, and to the far end, that the question has come from. */
function sendBack(packet: Packet): u32 {
  packet.output = packet.iface;
  return NODE_BIT | interfaceAt(packet.iface).outputNode;
}

function toBridge(packet: Packet): u32 {
  const node = enterInterface(packet, packet.note2);
  return node ? NODE_BIT | node : Edge.DROP_BRIDGE_SUPPRESS_DOWN;
}
