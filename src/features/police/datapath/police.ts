import { worker } from '../../../engine/datapath/instance';
import { Packet } from '../../../engine/datapath/packet';
import { POLICE_BINDINGS, POLICE_COUNTS_OFFSET } from '../../../engine/datapath/regions';
import { POLICE_DROP, POLICE_PASS } from '../layout';
import { markFrame } from './mark';
import { GREEN, meter, YELLOW } from './meter';
import { Policer, policerAt } from './policer';

/** The rate limit of what an interface receives. @inline */
export function policerIn(iface: u32): u32 {
  return load<u16>(POLICE_BINDINGS + ((<usize>iface) << 2));
}

/** The rate limit of what an interface sends. @inline */
export function policerOut(iface: u32): u32 {
  return load<u16>(POLICE_BINDINGS + ((<usize>iface) << 2), 2);
}

/** Counts a frame against a rate limit and marks it as its colour wants; false where it is to be dropped. */
export function police(packet: Packet, index: u32): bool {
  const policer = policerAt(index);
  const colour = meter(policer, packet.pktLen);
  countAt(index, colour, packet);
  const action = actionOf(policer, colour);
  if (action == POLICE_DROP) return false;
  if (action < POLICE_PASS) markFrame(packet, action);
  return true;
}

/** @inline */
function actionOf(policer: Policer, colour: u32): u32 {
  if (colour == GREEN) return policer.green;
  return colour == YELLOW ? policer.yellow : policer.red;
}

/** @inline */
function countAt(index: u32, colour: u32, packet: Packet): void {
  const count =
    changetype<usize>(worker) + POLICE_COUNTS_OFFSET + ((<usize>index) << 6) + ((<usize>colour) << 4);
  store<u64>(count, load<u64>(count) + 1);
  store<u64>(count, load<u64>(count, 8) + packet.pktLen, 8);
}
