import { DHCP_CLIENTS } from '../../../engine/datapath/regions';

/** Tells whether an interface gets its address by DHCP. @inline */
export function hasDhcpClient(id: u32): bool {
  const bits: u32 = load<u8>(DHCP_CLIENTS + (<usize>id >> 3));
  return ((bits >> (id & 7)) & 1) != 0;
}

/** Says whether an interface gets its address by DHCP. */
export function setDhcpClient(id: u32, on: u32): void {
  const at = DHCP_CLIENTS + (<usize>id >> 3);
  const bit: u32 = 1 << (id & 7);
  const before: u32 = load<u8>(at);
  store<u8>(at, <u8>(on ? before | bit : before & ~bit));
}
