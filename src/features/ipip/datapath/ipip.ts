import { IPIP_CHAINS, IPIPS } from '../../../engine/datapath/regions';
import { hashWords } from '../../ip/datapath/ip-flow-hash';
import { IPIP_CHAIN_COUNT } from '../layout';

/**
 * What an interface of type ipip sends and receives by: 64 bytes, at its id, written by the control thread.
 *
 *   0 flags vrf chain · │ 8 local address │ 24 remote address │ 40 spare
 */
@unmanaged
export class Ipip {
  /** IPIP_… flags; zero for an interface of another type. */
  flags: u16;
  /** VRF of the underlay. */
  vrf: u16;
  /** The next interface of its chain; zero for none. */
  next: u16;
  spare: u16;
  /** Addresses as they lie; an IPv4 address is the first 4 bytes, the others are zero. */
  localLow: u64;
  localHigh: u64;
  remoteLow: u64;
  remoteHigh: u64;
}

export { IPIP_IP6, IPIP_READY } from '../layout';

/** @inline */
export function ipipAt(id: u32): Ipip {
  return changetype<Ipip>(IPIPS + ((<usize>id) << 6));
}

/** Where the chain begins that a tunnel with these ends would be in. @places IPIP_CHAINS */
export function chainOf(vrf: u32, localLow: u64, localHigh: u64, remoteLow: u64, remoteHigh: u64): usize {
  const local = hashWords(localLow, localHigh);
  const remote = hashWords(remoteLow, remoteHigh);
  const hash = hashWords(((<u64>local) << 32) | remote, vrf);
  return IPIP_CHAINS + ((<usize>(hash & (IPIP_CHAIN_COUNT - 1))) << 1);
}

/** The interface whose tunnel has these ends; zero for none. */
export function findIpip(vrf: u32, localLow: u64, localHigh: u64, remoteLow: u64, remoteHigh: u64): u32 {
  let id = <u32>load<u16>(chainOf(vrf, localLow, localHigh, remoteLow, remoteHigh));
  for (let passed: u32 = 0; id && passed < IPIP_CHAIN_COUNT; passed++) {
    const ipip = ipipAt(id);
    const isLocal = ipip.localLow == localLow && ipip.localHigh == localHigh;
    const isRemote = ipip.remoteLow == remoteLow && ipip.remoteHigh == remoteHigh;
    if (isLocal && isRemote && ipip.vrf == vrf && ipip.flags) return id;
    id = ipip.next;
  }
  return 0;
}
