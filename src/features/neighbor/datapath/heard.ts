import { newEvent, putEvent } from '../../../engine/datapath/events';
import { Packet } from '../../../engine/datapath/packet';

/**
 * Tells the control thread what a stage has heard of a neighbour. The event's 48 bytes:
 *
 *   0 address (IPv4: its first 4 bytes) │ 16 MAC, all zero for none (6) │ 22 family │ 24 HEARD_… flags
 *
 * When the control thread is too far behind, the news is lost: neighbours repeat themselves.
 */
export function tellHeard(
  stage: u32,
  packet: Packet,
  family: u16,
  low: u64,
  high: u64,
  mac: u64,
  flags: u32,
): void {
  const event = newEvent(stage);
  if (event === null) return;
  event.iface = packet.iface;
  event.vrf = packet.vrf;
  event.data0 = low;
  event.data1 = high;
  event.data2 = mac | ((<u64>family) << 48);
  event.data3 = flags;
  putEvent();
}

export const FAMILY_IP4: u16 = 4;
/** In the set of addresses: one of IPv4 that is not ours, but of which we ask whether it is free. */
export const FAMILY_IP4_PROBED: u16 = 5;
export const FAMILY_IP6: u16 = 6;
