import { Packet } from '../../../engine/datapath/packet';
import { PORT_INTERFACES } from '../../../engine/datapath/regions';
import { interfaceAt } from '../../interface/datapath/interface';

/** The stage that takes what the port of a burst's first packet receives: its interface's first step, or that of its mode. */
export function stageBehind(burst: usize): u32 {
  const port = changetype<Packet>(<usize>load<u32>(burst)).port;
  return interfaceAt(load<u16>(PORT_INTERFACES + ((<usize>port) << 1))).inputNode;
}
