import { VXLAN_VNIS, VXLANS } from '../../../engine/datapath/regions';
import { lookUp } from './place';

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

/**
 * What is known of a VNI in a VRF of the underlay, zero where no interface has it:
 *
 *   0 interface (2) │ 2 VNI_… flags (2) │ 4 our end's IPv4 address as it lies (4), zero where the tunnel is not plain
 *
 * @inline
 */
export function vniValue(vrf: u32, vni: u32): u64 {
  return lookUp(VXLAN_VNIS, vniKey(vrf, vni));
}

/** Flag of a VNI: the end is an IPv4 address, and the port is VXLAN's own. What others have is in the tunnel's record. */
export const VNI_PLAIN: u64 = 0x10000;
/** Flag of a VNI: its interface is a bridge's member. */
export const VNI_BRIDGED: u64 = 0x20000;
/** Where in the value the address of our end begins. */
export const VNI_LOCAL_SHIFT: u64 = 32;
/** The port of plain tunnels (RFC 7348 8), as it lies on the wire. */
export const VXLAN_PORT_RAW: u16 = 0xb512;

/** The interface that has a VNI. @inline */
export function interfaceOf(value: u64): u32 {
  return <u32>value & 0xffff;
}

/** Key of a VNI in a table of places. @inline */
export function vniKey(vrf: u32, vni: u32): u64 {
  return NO_EMPTY_PLACE | ((<u64>vrf) << 32) | vni;
}

/** Keeps keys from looking like places without one. */
const NO_EMPTY_PLACE: u64 = 1 << 63;

/** First 8 bytes of what is written as ::ffff:a.b.c.d are zero; the last 8 as they lie. @inline */
export function mapped4(raw: u32): u64 {
  return ((<u64>raw) << 32) | 0xffff0000;
}
