import { Packet } from '../../../engine/datapath/packet';
import { FDB } from '../../../engine/datapath/regions';
import { CONTROL_LOOK_AHEAD } from '../../../engine/layout';
import { ETHER_HEADER_BYTES } from '../../../net/datapath/ether-header';
import { interfaceAt } from '../../interface/datapath/interface';
import { interfaceOfPort } from '../../port/datapath/port-interface';
import { LOOK_AHEAD_FDB } from '../layout';
import { destinationOf, sourceOf, vlanTagOf } from './bridge-frame';
import { blockOf, hashedPlace, homeOfBlock, NO_BLOCK, placeIn, stationKey } from './fdb';

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
  notePlaces(burst, packets, bridge);
  for (let i: u32 = 0; i < packets; i++) {
    const packet = packetAt(burst, i);
    load<u64>(packet.note);
    load<u64>(packet.note2);
  }
}

/**
 * Nobody has told anybody anything of packets that have just been received: their notes are free. Frames come in rows of
 * which all are from one block of stations, and to one: where its home is need not be asked for each.
 */
function notePlaces(burst: usize, packets: u32, bridge: u32): void {
  let toBlock = NO_BLOCK;
  let fromBlock = NO_BLOCK;
  let toHome: usize = 0;
  let fromHome: usize = 0;
  for (let i: u32 = 0; i < packets; i++) {
    const packet = packetAt(burst, i);
    if (packet.dataLen < <u16>ETHER_HEADER_BYTES) {
      packet.note = <u32>FDB;
      packet.note2 = <u32>FDB;
      continue;
    }
    const vlan = vlanTagOf(packet);
    const to = stationKey(bridge, destinationOf(packet));
    const from = stationKey(bridge, sourceOf(packet));
    if (blockOf(to, vlan) != toBlock) {
      toBlock = blockOf(to, vlan);
      toHome = homeOfBlock(toBlock);
    }
    if (blockOf(from, vlan) != fromBlock) {
      fromBlock = blockOf(from, vlan);
      fromHome = homeOfBlock(fromBlock);
    }
    packet.note = <u32>(toHome ? placeIn(toHome, to) : hashedPlace(toBlock, to));
    packet.note2 = <u32>(fromHome ? placeIn(fromHome, from) : hashedPlace(fromBlock, from));
  }
}

/** @inline */
function packetAt(burst: usize, i: u32): Packet {
  return changetype<Packet>(<usize>load<u32>(burst + (i << 2)));
}
