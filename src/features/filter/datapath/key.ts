import { worker } from '../../../engine/datapath/instance';
import { FILTER_KEY_OFFSET } from '../../../engine/datapath/regions';

/**
 * What rules look at of a packet, in numbers: 64 bytes.
 *
 *   0 ┌ destination: four words, the first of them highest; IPv4 in the first one ┐ 16
 *  16 │ source: the same                                                          │ 32
 *  32 │ source port or ICMP type │ destination port or ICMP code │ protocol │ DSCP│ 48
 *  48 │ flags │ hop limit │ …                                                     ┘
 */
@unmanaged
export class Key {
  destination0: u32;
  destination1: u32;
  destination2: u32;
  destination3: u32;
  source0: u32;
  source1: u32;
  source2: u32;
  source3: u32;
  sourcePort: u32;
  destinationPort: u32;
  protocol: u32;
  dscp: u32;
  flags: u32;
  hopLimit: u32;
}

/** This worker's key. */
export function keyOf(): Key {
  return changetype<Key>(changetype<usize>(worker) + FILTER_KEY_OFFSET);
}

export { KEY_ESTABLISHED, KEY_FRAGMENT, NO_PORT } from '../layout';
