import { Packet } from '../../../engine/datapath/packet';
import { FDB } from '../../../engine/datapath/regions';
import { CONTROL_LOOK_AHEAD } from '../../../engine/layout';
import { ETHER_HEADER_BYTES } from '../../../net/datapath/ether-header';
import { interfaceAt } from '../../interface/datapath/interface';
import { interfaceOfPort } from '../../port/datapath/port-interface';
import { LOOK_AHEAD_FDB } from '../layout';
import { destinationOf, sourceOf, vlanTagOf } from './bridge-frame';
import { homeOf, stationKey } from './fdb';

/**
 * Touches the lines in which the searches of a burst's frames begin, where a bridge's member has received them and more
 * stations are known than a core's own cache holds. Which lines these are is found out before: so short is the loop that
 * touches them that the processor has as many of them on their way as it can.
 */
export function lookAhead(burst: usize, packets: u32): void {
  if (!(load<u32>(CONTROL_LOOK_AHEAD) & LOOK_AHEAD_FDB)) return;
  const port = changetype<Packet>(<usize>load<u32>(burst)).port;
  const bridge = interfaceAt(interfaceOfPort(port)).domain;
  if (!bridge) return;
  for (let i: u32 = 0; i < packets; i++) noteHomes(packetAt(burst, i), bridge);
  for (let i: u32 = 0; i < packets; i++) {
    const packet = packetAt(burst, i);
    load<u64>(packet.note);
    load<u64>(packet.note2);
  }
}

/** Nobody has told anybody anything of a packet that has just been received: its notes are free. @inline */
function noteHomes(packet: Packet, bridge: u32): void {
  packet.note = <u32>FDB;
  packet.note2 = <u32>FDB;
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return;
  const vlan = vlanTagOf(packet);
  packet.note = <u32>homeOf(stationKey(bridge, destinationOf(packet)), vlan);
  packet.note2 = <u32>homeOf(stationKey(bridge, sourceOf(packet)), vlan);
}

/** @inline */
function packetAt(burst: usize, i: u32): Packet {
  return changetype<Packet>(<usize>load<u32>(burst + (i << 2)));
}
