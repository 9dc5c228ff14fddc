import { IPIP_CHAIN_COUNT } from '../layout';
import { chainOf, Ipip, ipipAt } from './ipip';

// The control thread's side of tunnels.

/**
 * Writes what an interface sends and receives by, the addresses in two words each as they lie, and lets packets find it.
 * It is in no chain yet.
 */
export function linkIpip(
  id: u32,
  flags: u32,
  vrf: u32,
  localLow: u64,
  localHigh: u64,
  remoteLow: u64,
  remoteHigh: u64,
): void {
  const ipip = ipipAt(id);
  const chain = chainOf(vrf, localLow, localHigh, remoteLow, remoteHigh);
  ipip.vrf = <u16>vrf;
  ipip.localLow = localLow;
  ipip.localHigh = localHigh;
  ipip.remoteLow = remoteLow;
  ipip.remoteHigh = remoteHigh;
  ipip.next = load<u16>(chain);
  ipip.flags = <u16>flags;
  atomic.store<u16>(chain, <u16>id);
}

/** Changes the flags of an interface alone. */
export function setIpipFlags(id: u32, flags: u32): void {
  ipipAt(id).flags = <u16>flags;
}

/** Takes an interface out of its chain: who is at it goes on behind it. */
export function unlinkIpip(id: u32): void {
  const ipip = ipipAt(id);
  let slot = chainOf(ipip.vrf, ipip.localLow, ipip.localHigh, ipip.remoteLow, ipip.remoteHigh);
  for (let passed: u32 = 0; passed < IPIP_CHAIN_COUNT; passed++) {
    const at = <u32>load<u16>(slot);
    if (at == id) atomic.store<u16>(slot, ipip.next);
    if (at == id || !at) break;
    slot = changetype<usize>(ipipAt(at)) + offsetof<Ipip>('next');
  }
  ipip.flags = 0;
}
