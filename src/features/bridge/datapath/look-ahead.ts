import { Packet } from '../../../engine/datapath/packet';
import { PORT_INTERFACES } from '../../../engine/datapath/regions';
import { CONTROL_LOOK_AHEAD } from '../../../engine/layout';
import { ETHER_HEADER_BYTES } from '../../../net/datapath/ether-header';
import { interfaceAt } from '../../interface/datapath/interface';
import { LOOK_AHEAD_FDB } from '../layout';
import { destinationOf, sourceOf, vlanTagOf } from './bridge-frame';
import { homeOf, stationKey } from './fdb';

/**
 * Does the searches of a burst's frames once for nothing, where a bridge's member has received them and more stations
 * are known than a core's own cache holds: searches in a short loop wait for memory together.
 */
export function lookAhead(burst: usize, packets: u32): void {
  if (!(load<u32>(CONTROL_LOOK_AHEAD) & LOOK_AHEAD_FDB)) return;
  const port = changetype<Packet>(<usize>load<u32>(burst)).port;
  const bridge = interfaceAt(load<u16>(PORT_INTERFACES + ((<usize>port) << 1))).domain;
  if (!bridge) return;
  for (let i: u32 = 0; i < packets; i++) {
    const packet = changetype<Packet>(<usize>load<u32>(burst + (i << 2)));
    if (packet.dataLen < <u16>ETHER_HEADER_BYTES) continue;
    const vlan = vlanTagOf(packet);
    load<u64>(homeOf(stationKey(bridge, destinationOf(packet)), vlan));
    load<u64>(homeOf(stationKey(bridge, sourceOf(packet)), vlan));
  }
}
