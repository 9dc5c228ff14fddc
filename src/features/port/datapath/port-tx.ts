import { Packet } from '../../../engine/datapath/packet';
import { transmit } from '../../../engine/datapath/transmit';
import {
  INTERFACE_CAPTURED,
  INTERFACE_TX_L4_CKSUM,
  INTERFACE_UP,
  interfaceAt,
  interfaceStats,
} from '../../interface/datapath/interface';
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
 */
export function portTx(packet: Packet): u32 {
  const iface = interfaceAt(packet.output);
  const flags = iface.flags;
  if (!(flags & INTERFACE_UP)) return Edge.DROP_OUTPUT_DOWN;
  if (packet.olFlags & L4_CKSUM_SUSPECT) finishFrameChecksum(packet, (flags & INTERFACE_TX_L4_CKSUM) != 0);
  const stats = interfaceStats(packet.output);
  stats.txPackets++;
  stats.txBytes += packet.pktLen;
  if (flags & INTERFACE_CAPTURED) watchSent(packet);
  transmit(iface.port, packet);
  return Edge.SENT;
}
