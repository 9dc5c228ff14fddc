import { isForeseen } from '../../../engine/datapath/foreseen';
import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import {
  INTERFACE_CAPTURED,
  INTERFACE_TRACED,
  INTERFACE_UP,
  Interface,
  interfaceAt,
} from '../../interface/datapath/interface';
import { interfaceStats } from '../../interface/datapath/interface-stats';
import { watchReceived } from '../../interface/datapath/watch';
import { interfaceOfPort } from './port-interface';

export enum Edge {
  /** The interface is administratively down, or no interface has the port. */
  DROP_INTERFACE_DOWN,
}

/**
 * Finds the interface of a received packet and starts its way there.
 *
 * @frame
 * @expects port
 * @table interface-input
 */
export function portRx(packet: Packet): u32 {
  const id = interfaceOfPort(packet.port);
  const iface = interfaceAt(id);
  packet.iface = <u16>id;
  packet.vrf = iface.vrf;
  packet.frameOff = packet.dataOff;
  packet.trace = 0;
  packet.flags = 0;
  const flags = iface.flags & (INTERFACE_UP | INTERFACE_TRACED | INTERFACE_CAPTURED);
  if (!isForeseen() && flags != INTERFACE_UP) return takeWatched(packet, iface);
  countReceived(packet);
  return NODE_BIT | iface.inputNode;
}

function takeWatched(packet: Packet, iface: Interface): u32 {
  countReceived(packet);
  const flags = iface.flags;
  if (!(flags & INTERFACE_UP)) return Edge.DROP_INTERFACE_DOWN;
  watchReceived(packet, flags);
  return NODE_BIT | iface.inputNode;
}

/** @inline */
function countReceived(packet: Packet): void {
  const stats = interfaceStats(packet.iface);
  stats.rxPackets++;
  stats.rxBytes += packet.pktLen;
}
