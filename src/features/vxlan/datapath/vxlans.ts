import { setLookAhead, takeBlock } from '../../../engine/datapath/arena';
import { FAR_ENDS, VXLAN_STATIONS, VXLAN_VNIS } from '../../../engine/datapath/regions';
import { retireBlock } from '../../../engine/datapath/retired';
import { MAX_INTERFACES } from '../../interface/layout';
import { LOOK_AHEAD_VNI_COUNT, LOOK_AHEAD_VNIS } from '../layout';
import { stationKey } from './far-end';
import { dropPlace, putPlace, takeHeard } from './places';
import { freePlace, keySeen, putKey, restoreKey, retireKey } from './slots';
import {
  interfaceOf,
  mapped4,
  VNI_BRIDGED,
  VNI_LOCAL_SHIFT,
  VNI_PLAIN,
  VXLAN_BRIDGED,
  VXLAN_PORT_RAW,
  Vxlan,
  vniKey,
  vniValue,
  vxlanAt,
} from './vxlan';

// The control thread's side of all that tunnels send and receive by.

/**
 * Writes what an interface sends and receives by, but for its flood list, and says it of its VNI where that is bound to it;
 * zero flags take it out of use.
 */
export function setVxlan(
  id: u32,
  flags: u32,
  vrf: u32,
  vni: u32,
  port: u32,
  localLow: u64,
  localHigh: u64,
): void {
  const vxlan = vxlanAt(id);
  if (!flags) vxlan.flags = 0;
  vxlan.vniRaw = bswap(vni << 8);
  vxlan.vrf = <u16>vrf;
  vxlan.portRaw = bswap<u16>(<u16>port);
  vxlan.localLow = localLow;
  vxlan.localHigh = localHigh;
  vxlan.flags = flags;
  if (interfaceOf(vniValue(vrf, vni)) == id) bindVni(vrf, vni, id);
}

/** Gives what comes with a VNI in a VRF to an interface; false when the table is full there. */
export function bindVni(vrf: u32, vni: u32, id: u32): bool {
  return putPlace(VXLAN_VNIS, vniKey(vrf, vni), <u64>id | endOf(vxlanAt(id)));
}

/** What the value of a VNI says of its tunnel's end. */
function endOf(vxlan: Vxlan): u64 {
  const bridged: u64 = vxlan.flags & VXLAN_BRIDGED ? VNI_BRIDGED : 0;
  const local = <u32>(vxlan.localHigh >> 32);
  const isPlain = !vxlan.localLow && vxlan.localHigh == mapped4(local) && vxlan.portRaw == VXLAN_PORT_RAW;
  return isPlain ? bridged | VNI_PLAIN | ((<u64>local) << VNI_LOCAL_SHIFT) : bridged;
}

export function unbindVni(vrf: u32, vni: u32): bool {
  return dropPlace(VXLAN_VNIS, vniKey(vrf, vni));
}

/** Says how many VNIs are bound: workers look ahead while they are many. */
export function noteVnis(count: u32): void {
  setLookAhead(LOOK_AHEAD_VNIS, count > LOOK_AHEAD_VNI_COUNT);
}

/** Room for the far ends of a flood list; zero when there is no memory. */
export function newFloodList(count: u32): usize {
  return takeBlock(count << 2);
}

export function setFloodMember(list: usize, place: u32, farEnd: u32): void {
  store<u32>(list + (place << 2), farEnd);
}

/** Puts a list in the place of an interface's flood list; zero for none. */
export function publishFloodList(id: u32, list: usize, count: u32): void {
  const vxlan = vxlanAt(id);
  const before = vxlan.flood;
  const at = changetype<usize>(vxlan) + offsetof<Vxlan>('flood');
  atomic.store<u64>(at, ((<u64>count) << 32) | <u64>list);
  if (before) retireBlock(<usize>(<u32>before), (<u32>(before >> 32)) << 2);
}

/** Gives back all flood lists, of a table that no worker reads any more. */
export function dropFloodLists(): void {
  for (let id: u32 = 0; id < MAX_INTERFACES; id++) if (vxlanAt(id).flood) publishFloodList(id, 0, 0);
}

/** The name of the far end with an address, which is made where there is none; zero when the table is full there. */
export function putFarEnd(low: u64, high: u64): u32 {
  return putKey(FAR_ENDS, low, high);
}

/** Gives the far end with an address the name that it has had elsewhere; false when the table is full there. */
export function restoreFarEnd(low: u64, high: u64, name: u32): bool {
  return restoreKey(FAR_ENDS, low, high, name);
}

/** Takes a far end out; returns its name, whose place is to be freed once no worker can be at it. */
export function retireFarEnd(low: u64, high: u64): u32 {
  return retireKey(FAR_ENDS, low, high);
}

export function freeFarEnd(name: u32): void {
  freePlace(FAR_ENDS, name);
}

/** Another number than before when packets have come from a far end. */
export function farEndUsed(low: u64, high: u64): u32 {
  return keySeen(FAR_ENDS, low, high);
}

/** Says behind which far end a station of an interface is; false when the table is full there. */
export function putVxlanStation(id: u32, mac: u64, farEnd: u32): bool {
  return putPlace(VXLAN_STATIONS, stationKey(id, mac), farEnd);
}

export function dropVxlanStation(id: u32, mac: u64): bool {
  return dropPlace(VXLAN_STATIONS, stationKey(id, mac));
}

/** Tells whether a station has sent something since this was last asked. */
export function takeVxlanStationHeard(id: u32, mac: u64): bool {
  return takeHeard(VXLAN_STATIONS, stationKey(id, mac));
}
