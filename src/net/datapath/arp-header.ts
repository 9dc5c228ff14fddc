/**
 * ARP for IPv4 over Ethernet (RFC 826).
 *
 *   0 ┌ hardware │ protocol │ lengths │ operation ┐ 8
 *   8 │ sender's MAC (6) │ sender's address (4)   │ 18
 *  18 └ target's MAC (6) │ target's address (4)   ┘ 28
 */
@unmanaged
export class ArpHeader {
  hardwareRaw: u16;
  protocolRaw: u16;
  hardwareLength: u8;
  protocolLength: u8;
  operationRaw: u16;

  /** The sender's MAC address in the low 48 bits, first byte lowest. */
  @inline get senderMac(): u64 {
    return load<u64>(changetype<usize>(this), 8) & MAC_BITS;
  }

  /** The sender's and the target's IPv4 address, as they lie. */
  @inline get senderRaw(): u32 {
    return load<u32>(changetype<usize>(this), 14);
  }

  @inline get targetRaw(): u32 {
    return load<u32>(changetype<usize>(this), 24);
  }

  @inline setSender(mac: u64, address: u32): void {
    storeMac(changetype<usize>(this) + 8, mac);
    store<u32>(changetype<usize>(this), address, 14);
  }

  @inline setTarget(mac: u64, address: u32): void {
    storeMac(changetype<usize>(this) + 18, mac);
    store<u32>(changetype<usize>(this), address, 24);
  }
}

export const ARP_BYTES: u32 = 28;
/** Numbers as they lie in memory. */
export const ARP_HARDWARE_ETHERNET_RAW: u16 = 0x0100;
export const ARP_REQUEST_RAW: u16 = 0x0100;
export const ARP_REPLY_RAW: u16 = 0x0200;

const MAC_BITS: u64 = 0xffffffffffff;

/** Writes the six bytes of a MAC address that is held in the low 48 bits. @inline */
export function storeMac(at: usize, mac: u64): void {
  store<u32>(at, <u32>mac);
  store<u16>(at, <u16>(mac >> 32), 4);
}
