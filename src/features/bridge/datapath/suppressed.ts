import { putEvent } from '../../../engine/datapath/events';
import { NODE_BRIDGE_SUPPRESS } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { INTERFACE_FAR_ENDS, interfaceAt, MAC_MASK } from '../../interface/datapath/interface';
import { neighborWith } from './bridge-neighbor';
import { memberOf, stationKey, whereIs } from './fdb';
import { newsEvent } from './fdb-news';

// What the answers to ARP and to ND have in common.

/** What becomes of a frame: it goes on, it has become its answer, or only the bridge itself is asked. */
export const GOES_ON: u32 = 0;
export const ANSWERED: u32 = 1;
export const ASKS_US: u32 = 2;

/**
 * Tells the control thread who has an address, where it does not know it like that. The event's 48 bytes:
 *
 *   0 address (IPv4: its first 4 bytes) │ 16 MAC, flags │ 24 bridge, VLAN, family: as in the table of neighbours
 */
export function tellNeighbor(packet: Packet, scope: u32, low: u64, high: u64, mac: u64): void {
  if (neighborWith(scope, low, high) == mac) return;
  const event = newsEvent(NODE_BRIDGE_SUPPRESS, packet);
  if (event === null) return;
  event.data0 = low;
  event.data1 = high;
  event.data2 = mac;
  event.data3 = scope;
  putEvent();
}

/**
 * Who has an address, where we may answer for it: a station that we know to be behind another member, which would not
 * hear the question itself. What comes out of a tunnel is answered for stations of this node only: each far end
 * answers for its own.
 */
export function answerableWith(packet: Packet, scope: u32, vlan: u64, low: u64, high: u64): u64 {
  const neighbor = neighborWith(scope, low, high);
  if (!neighbor) return 0;
  const key = stationKey(packet.note2, neighbor & MAC_MASK);
  const member = memberOf(whereIs(key, vlan));
  if (!member || member == packet.iface) return 0;
  const bothFar = interfaceAt(packet.iface).flags & interfaceAt(member).flags & INTERFACE_FAR_ENDS;
  return bothFar ? 0 : neighbor;
}

/** Tells whether a MAC address can be a station's. */
export function isStation(mac: u64): bool {
  return mac != 0 && !(mac & 1);
}
