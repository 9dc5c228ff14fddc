import { FIB4_ROOTS, FIB6_ROOTS } from '../../../engine/datapath/regions';
import { newFib, setPrefix } from './fib';

/** Makes the forwarding tables of a VRF; false when there is no memory for them. */
export function openFibs(vrf: u32): bool {
  const root4 = newFib();
  const root6 = newFib();
  store<u32>(FIB4_ROOTS + (vrf << 2), <u32>root4);
  store<u32>(FIB6_ROOTS + (vrf << 2), <u32>root6);
  return root4 != 0 && root6 != 0;
}

/** Sets the next hop of a prefix whose address lies at `address` in network order. */
export function setRoute4(vrf: u32, address: usize, length: u32, nextHop: u32): bool {
  return setPrefix(<usize>load<u32>(FIB4_ROOTS + (vrf << 2)), address, length, nextHop);
}
