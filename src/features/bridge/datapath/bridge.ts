import { BRIDGES } from '../../../engine/datapath/regions';

/** A bridge as packets see it: 16 bytes, written by the control thread. */
@unmanaged
export class Bridge {
  /** BRIDGE_… flags. */
  flags: u32;
  /** Address of its members: their number (u32), then their interface ids (u16); null for none. */
  members: u32;
  /** Seconds after which a silent station is forgotten. */
  ageing: u32;
  spare: u32;
}

/** @inline */
export function bridgeAt(iface: u32): Bridge {
  return changetype<Bridge>(BRIDGES + ((<usize>iface) << 4));
}
