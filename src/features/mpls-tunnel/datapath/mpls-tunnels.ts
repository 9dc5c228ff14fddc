import { MPLS_UNDERLAYS } from '../../../engine/datapath/regions';
import { mplsTunnelAt } from './mpls-tunnel';

// The control thread's side of the tunnels that carry labels.

/** Writes a record that no next hop leads to yet; the addresses in two words each, as they lie. */
export function setMplsTunnel(
  record: u32,
  family: u32,
  vrf: u32,
  port: u32,
  localLow: u64,
  localHigh: u64,
  remoteLow: u64,
  remoteHigh: u64,
): void {
  const tunnel = mplsTunnelAt(record);
  tunnel.family = <u16>family;
  tunnel.vrf = <u16>vrf;
  tunnel.portRaw = bswap<u16>(<u16>port);
  tunnel.localLow = localLow;
  tunnel.localHigh = localHigh;
  tunnel.remoteLow = remoteLow;
  tunnel.remoteHigh = remoteHigh;
}

/** Says whether labels that come in a VRF are taken. */
export function setMplsUnderlay(vrf: u32, on: u32): void {
  store<u8>(MPLS_UNDERLAYS + (vrf & 0xff), <u8>on);
}
