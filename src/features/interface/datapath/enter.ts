import { PACKET_DEPTH, Packet } from '../../../engine/datapath/packet';
import { INTERFACE_CAPTURED, INTERFACE_TRACED, INTERFACE_UP, Interface, interfaceAt } from './interface';
import { interfaceStats } from './interface-stats';
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
  enterPlainly(packet, id);
  if (!(flags & INTERFACE_UP)) return 0;
  if (flags & (INTERFACE_TRACED | INTERFACE_CAPTURED)) watchReceived(packet, flags);
  return iface.inputNode;
}

/**
 * What `enterInterface` does where nothing has to be done beside. The packet's depth stays: tunnels of one router that
 * lead into each other must not turn a frame round for ever. @inline
 */
export function enterPlainly(packet: Packet, id: u32): void {
  packet.iface = <u16>id;
  packet.vrf = interfaceAt(id).vrf;
  packet.frameOff = packet.dataOff;
  packet.flags &= PACKET_DEPTH;
  const stats = interfaceStats(id);
  stats.rxPackets++;
  stats.rxBytes += packet.pktLen;
}

/** Tells whether an interface is up, and nobody watches what enters by it. @inline */
export function canEnterPlainly(iface: Interface): bool {
  const watched = INTERFACE_TRACED | INTERFACE_CAPTURED;
  return (iface.flags & (INTERFACE_UP | watched)) == INTERFACE_UP;
}

/** Counts a frame that leaves by an interface; false where that is down, and it leaves nowhere. */
export function leaveInterface(packet: Packet, id: u32): bool {
  const flags = interfaceAt(id).flags;
  if (!(flags & INTERFACE_UP)) return false;
  leavePlainly(packet, id);
  if (flags & INTERFACE_CAPTURED) watchSent(packet);
  return true;
}

/** Tells whether an interface is up, and nobody watches what leaves by it. @inline */
export function canLeavePlainly(iface: Interface): bool {
  return (iface.flags & (INTERFACE_UP | INTERFACE_CAPTURED)) == INTERFACE_UP;
}

/** What `leaveInterface` does where nothing has to be done beside. @inline */
export function leavePlainly(packet: Packet, id: u32): void {
  packet.output = <u16>id;
  const stats = interfaceStats(id);
  stats.txPackets++;
  stats.txBytes += packet.pktLen;
}
