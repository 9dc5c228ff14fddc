import { ROUTER_ADVERTS } from '../../../engine/datapath/regions';

/** Tells whether an interface announces the router to its link. @inline */
export function advertises(id: u32): bool {
  const bits: u32 = load<u8>(ROUTER_ADVERTS + (<usize>id >> 3));
  return ((bits >> (id & 7)) & 1) != 0;
}

/** Says whether an interface announces the router to its link. */
export function setAdvertising(id: u32, on: u32): void {
  const at = ROUTER_ADVERTS + (<usize>id >> 3);
  const bit: u32 = 1 << (id & 7);
  const before: u32 = load<u8>(at);
  store<u8>(at, <u8>(on ? before | bit : before & ~bit));
}
