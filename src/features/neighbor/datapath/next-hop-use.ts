import { worker } from '../../../engine/datapath/instance';
import { NextHop } from './next-hop';

/** Clock ticks in a unit of `used`, as a power of two: about a second. */
const USED_SHIFT: u64 = 30;

/** Notes that a next hop is in use, with one write per unit of time and not per packet. @inline */
export function noteUse(nextHop: NextHop): void {
  const now = timeNow();
  if (nextHop.used != now) nextHop.used = now;
}

/** The time of the burst in units of `used`. @remembered */
function timeNow(): u32 {
  return <u32>(worker.clock >> USED_SHIFT);
}
