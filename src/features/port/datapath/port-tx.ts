import { isForeseen } from '../../../engine/datapath/foreseen';
import { Packet } from '../../../engine/datapath/packet';
import { gather, gatheringFor, isFull, isTogether, transmit } from '../../../engine/datapath/transmit';
import {
  INTERFACE_CAPTURED,
  INTERFACE_TX_L4_CKSUM,
  INTERFACE_UP,
  Interface,
  interfaceAt,
} from '../../interface/datapath/interface';
import { interfaceStats } from '../../interface/datapath/interface-stats';
import { watchSent } from '../../interface/datapath/watch';
import { finishFrameChecksum, L4_CKSUM_SUSPECT } from './l4-checksum';

export enum Edge {
  SENT,
  /** The interface that the packet should leave by is administratively down. */
  DROP_OUTPUT_DOWN,
}

/**
 * Hands a finished frame to the DPDK port of its output interface.
 *
 * @frame
 * @expects output
 */
export function portTx(packet: Packet): u32 {
  const iface = interfaceAt(packet.output);
  if ((iface.flags & (INTERFACE_UP | INTERFACE_CAPTURED)) != INTERFACE_UP) return sendWatched(packet, iface);
  if (!isForeseen() && packet.olFlags & L4_CKSUM_SUSPECT) return sendCarefully(packet, iface);
  const gathered = gatheringFor(iface.port);
  const isGathered = isTogether(gathered);
  if (!isGathered && isFull(gathered)) return sendCarefully(packet, iface);
  countSent(packet);
  if (!isGathered) gather(gathered, packet);
  return Edge.SENT;
}

function sendWatched(packet: Packet, iface: Interface): u32 {
  return iface.flags & INTERFACE_UP ? sendCarefully(packet, iface) : Edge.DROP_OUTPUT_DOWN;
}

function sendCarefully(packet: Packet, iface: Interface): u32 {
  const flags = iface.flags;
  if (packet.olFlags & L4_CKSUM_SUSPECT) finishFrameChecksum(packet, (flags & INTERFACE_TX_L4_CKSUM) != 0);
  if (flags & INTERFACE_CAPTURED) watchSent(packet);
  countSent(packet);
  transmit(iface.port, packet);
  return Edge.SENT;
}

/** @inline */
function countSent(packet: Packet): void {
  const stats = interfaceStats(packet.output);
  stats.txPackets++;
  stats.txBytes += packet.pktLen;
}
