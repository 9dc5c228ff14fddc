import { PORT_INTERFACES } from '../../../engine/datapath/regions';

/** The interface that a port belongs to. @remembered */
export function interfaceOfPort(port: u32): u32 {
  return load<u16>(PORT_INTERFACES + ((<usize>port) << 1));
}
