import { VXLAN_VNIS, VXLANS } from '../../../engine/datapath/regions';
import { findValue } from './slot';

/** What an interface of type vxlan sends and receives by: 64 bytes, at its id, written by the control thread. */
@unmanaged
export class Vxlan {
  /** VXLAN_… flags; zero for an interface of another type. */
  flags: u32;
  /** VNI as it lies on the wire. */
  vniRaw: u32;
  /** VRF of the underlay (8), and the UDP port of both ends as it lies on the wire (10). */
  vrf: u16;
  portRaw: u16;
  spare: u32;
  /** Our end's address (16): an IPv4 one as ::ffff:a.b.c.d. */
  localLow: u64;
  localHigh: u64;
  /** Where the far ends lie that get what is for all, u32 each (low half), and how many they are (32). */
  flood: u64;
}

export { VXLAN_BRIDGED, VXLAN_IP6, VXLAN_READY } from '../layout';

/** @inline */
export function vxlanAt(id: u32): Vxlan {
  return changetype<Vxlan>(VXLANS + ((<usize>id) << 6));
}

/** The interface that has a VNI in a VRF of the underlay; zero for none. @inline */
export function vxlanOf(vrf: u32, vni: u32): u32 {
  return findValue(VXLAN_VNIS, vniKey(vrf, vni), 0);
}

/** @inline */
export function vniKey(vrf: u32, vni: u32): u64 {
  return ((<u64>vrf) << 32) | vni;
}

/** First 8 bytes of what is written as ::ffff:a.b.c.d are zero; the last 8 as they lie. @inline */
export function mapped4(raw: u32): u64 {
  return ((<u64>raw) << 32) | 0xffff0000;
}
