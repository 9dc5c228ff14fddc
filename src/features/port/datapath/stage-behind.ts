import { Packet } from '../../../engine/datapath/packet';
import { interfaceAt } from '../../interface/datapath/interface';
import { interfaceOfPort } from './port-interface';

/** The stage that takes what the port of a burst's first packet receives: its interface's first step, or that of its mode. */
export function stageBehind(burst: usize): u32 {
  const port = changetype<Packet>(<usize>load<u32>(burst)).port;
  return interfaceAt(interfaceOfPort(port)).inputNode;
}
