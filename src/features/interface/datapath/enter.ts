import { Packet } from '../../../engine/datapath/packet';
import { INTERFACE_CAPTURED, INTERFACE_TRACED, INTERFACE_UP, interfaceAt, interfaceStats } from './interface';
import { watchReceived, watchSent } from './watch';

// How frames enter and leave interfaces that are no ports: sub-interfaces, bridges, tunnels.

/**
 * Lets a frame, which begins where `data` is, go on as one that an interface has received.
 *
 * @returns the node that takes it, zero where the interface is down
 */
export function enterInterface(packet: Packet, id: u32): u32 {
  const iface = interfaceAt(id);
  const flags = iface.flags;
  packet.iface = <u16>id;
  packet.vrf = iface.vrf;
  packet.frameOff = packet.dataOff;
  packet.flags = 0;
  const stats = interfaceStats(id);
  stats.rxPackets++;
  stats.rxBytes += packet.pktLen;
  if (!(flags & INTERFACE_UP)) return 0;
  if (flags & (INTERFACE_TRACED | INTERFACE_CAPTURED)) watchReceived(packet, flags);
  return iface.inputNode;
}

/** Counts a frame that leaves by an interface; false where that is down, and it leaves nowhere. */
export function leaveInterface(packet: Packet, id: u32): bool {
  const flags = interfaceAt(id).flags;
  if (!(flags & INTERFACE_UP)) return false;
  packet.output = <u16>id;
  const stats = interfaceStats(id);
  stats.txPackets++;
  stats.txBytes += packet.pktLen;
  if (flags & INTERFACE_CAPTURED) watchSent(packet);
  return true;
}
